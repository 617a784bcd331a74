package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.node.config.Described;
import dev.fairway.node.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page of settings is made from the calls that read them; {@code -Dsettings.write=true} writes it anew. */
class SettingsReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "settings.md");
  /* One of everything an operator can name, so that each setting below it is asked for. */
  private static final String EVERYTHING = """
      exchange:
        documents:
          CC: { url: "https://node.example.org/document-api/", auth: { } }
        channels:
          name: { type: http, url: "https://endpoint.example.org/", auth: { } }
          other: { type: shared-database }
          third: { type: ethereum }
          direct: { type: simplex, peers: { CC: { url: "https://endpoint.example.org/" } } }
        routes:
          - { sender: { }, channels: [name] }
      auth: { issuers: [ { } ] }
      automation:
        ledgers:
          name: { type: daml-v1, url: "https://ledger.example.org/", auth: { token-endpoint: "https://id.example.org/token" } }
        integrations:
          name: { settings: { FIELD: value } }
        rights:
          name: { journal: [exchange.message.received] }
      datatrust: { }
      """;

  @Test
  void thePageTellsEverySetting() throws IOException {
    String page = page();
    if (Boolean.getBoolean("settings.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).as("docs/reference/settings.md is stale; write it with -Dsettings.write=true")
        .isEqualTo(page);
  }

  private static String page() {
    Settings settings = Settings.of("example", EVERYTHING, Path.of("/"), name -> null);
    NodeConfig.from(settings.root());
    StringBuilder page = new StringBuilder(
        """
            # Settings

            A node reads `fairway.yaml` (`--config`). Every setting has a default that works; an unknown key is an error with a hint, and
            all problems are told at once. `NAME`, `CC` and `FIELD` stand for names you choose, `[]` for an item of a list. A value may hold
            `${NAME}` or `${NAME:-default}` from the environment; a secret may be `{ file: PATH }`.

            | setting | value | default | what it is |
            |---|---|---|---|
            """);
    for (Described setting : settings.described()) {
      if (setting.key().matches(".*\\.(other|third|direct)\\.(type|participants)")) {
        continue;
      }
      page.append("| `")
          .append(setting.key().replaceAll("\\[\\d+]", "[]").replaceAll("\\.(name|other|third|direct)\\.", ".NAME."))
          .append("` | ")
          .append(setting.type()).append(" | ")
          .append(setting.standard().isEmpty() ? "" : "`" + setting.standard() + "`").append(" | ")
          .append(setting.description()).append(" |\n");
    }
    return page.toString();
  }
}
