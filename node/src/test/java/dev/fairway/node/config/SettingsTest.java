package dev.fairway.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir
  Path folder;

  private Settings settings(String yaml) {
    return Settings.of("fairway.yaml", yaml, folder, Map.of("PORT", "8081")::get);
  }

  @Test
  void everyProblemIsToldAtOnceWithItsLineAndMend() {
    Settings settings = settings("""
        queue:
          lease: 30
          leese: 10s
          max-attempts: 0
        colour: blue
        """);
    Section queue = settings.root().section("queue");
    queue.duration("lease", "30s", "1s", "1h", "how long");
    queue.integer("max-attempts", 10, 1, 1000, "how often");
    assertThatThrownBy(settings::check).isInstanceOf(FairwayException.class).hasMessageContaining("4 problems")
        .hasMessageContaining("\"30\" is not a duration; write 30s, 5m or 1h")
        .hasMessageContaining("no such setting; did you mean queue.lease?").hasMessageContaining("fairway.yaml:3")
        .hasMessageContaining("\"0\" is out of range; write 1 to 1000").hasMessageContaining("colour");
  }

  @Test
  void theEnvironmentFillsInPlaceholders() {
    Settings settings = settings("port: ${PORT}\nhost: ${HOST:-localhost}\nuser: ${USER_NAME}\n");
    assertThat(settings.root().integer("port", 80, 1, 65535, "")).isEqualTo(8081);
    assertThat(settings.root().text("host", "", "")).isEqualTo("localhost");
    settings.root().text("user", "", "");
    assertThatThrownBy(settings::check).hasMessageContaining("the environment has no USER_NAME");
  }

  @Test
  void secretsComeFromFilesAndAreNeverShown() throws Exception {
    Files.writeString(folder.resolve("key"), "s3cr3t\n");
    Settings settings = settings("token: { file: key }\n");
    assertThat(settings.root().secret("token", "")).contains(new Secret("s3cr3t"));
    assertThat(settings.inForce()).extracting(InForce::value).containsExactly("***");
  }

  @Test
  void textsByNameMayBeInFilesAndAreNotShown() throws Exception {
    Files.writeString(folder.resolve("token"), "Bearer s3cr3t\n");
    Settings settings = settings("settings: { url: http://shop.example, authorization: { file: token } }\n");
    assertThat(settings.root().namedTexts("settings", "")).isEqualTo(Map.of("url", "http://shop.example",
        "authorization", "Bearer s3cr3t"));
    assertThat(settings.inForce()).extracting(InForce::value).containsOnly("***");
    settings.check();
  }

  @Test
  void theCommandLineWins() throws Exception {
    Path file = Files.writeString(folder.resolve("fairway.yaml"), "listen: 127.0.0.1:1\n");
    Settings settings = Settings.load(Optional.of(file), Map.of("listen", "127.0.0.1:2"), name -> null);
    assertThat(settings.root().text("listen", "", "")).isEqualTo("127.0.0.1:2");
    assertThat(settings.inForce()).extracting(InForce::origin).containsExactly("--listen");
  }

  @Test
  void durationsAndSizesHaveUnits() {
    Settings settings = settings("a: 5m\nb: 30 MiB\n");
    assertThat(settings.root().duration("a", "1s", "1s", "1h", "")).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.root().size("b", "1 B", "")).isEqualTo(31_457_280);
    settings.check();
  }

  @Test
  void noSizeIsZero() {
    Settings settings = settings("a: 0 MiB\nb: 0\n");
    settings.root().size("a", "1 B", "");
    settings.root().size("b", "1 B", "");
    assertThatThrownBy(settings::check).hasMessageContaining("2 problems")
        .hasMessageContaining("must be at least 1 byte");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> Settings.load(Optional.of(folder.resolve("nope.yaml")), Map.of(), name -> null))
        .hasMessageContaining("there is no configuration file").hasMessageContaining("nope.yaml");
  }

  @Property
  void anyTextIsReadOrRefusedWithOneException(@ForAll String yaml) {
    try {
      Settings.of("fairway.yaml", yaml, Path.of("."), name -> null).check();
    } catch (FairwayException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
