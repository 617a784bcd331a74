package dev.fairway.node;

import dev.fairway.automation.runtime.AutomationConfig;
import dev.fairway.automation.runtime.HeardKinds;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.Party;
import dev.fairway.daml.AccessTokens;
import dev.fairway.daml.ClientCredentials;
import dev.fairway.daml.v1.DamlLedgerV1;
import dev.fairway.daml.v1.V1Config;
import dev.fairway.daml.v2.DamlLedgerV2;
import dev.fairway.daml.v2.V2Config;
import dev.fairway.node.config.Section;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the node's automation runs with.
 *
 * @param ledgers by name, beside the node's own
 * @param integrations those that are always there
 */
record AutomationSettings(AutomationConfig config, Map<String, Function<Clock, Ledger>> ledgers,
    List<IntegrationConfig> integrations) {
  private static final URI NOWHERE = URI.create("http://127.0.0.1");

  /** Which API a ledger has. */
  enum LedgerType {
    DAML_V1, DAML_V2
  }

  static AutomationSettings from(Section automation) {
    Map<String, Function<Clock, Ledger>> ledgers = new LinkedHashMap<>();
    automation.named("ledgers").forEach((name, section) -> {
      if (name.equals(Ledgers.LOCAL)) {
        section.problem("type", "\"local\" is the node's own ledger; choose another name");
      }
      ledgers.put(name, ledger(section));
    });
    AutomationConfig config = AutomationConfig.DEFAULT;
    String ledgerId = automation.text("ledger-id", config.ledgerId(),
        "the ledgerId that callers' Daml tokens must be for");
    Duration handlerLimit = automation.duration("handler-limit", "5m", "1s", "1h",
        "how long a handler may take before it is interrupted and its try has failed");
    Map<String, HeardKinds> heard = new LinkedHashMap<>();
    automation.named("rights").forEach((id, rights) -> heard.put(id, JournalKinds.heard(rights)));
    return new AutomationSettings(
        new AutomationConfig(ledgerId, config.authorization(), config.webhookBody(), handlerLimit, heard),
        ledgers, integrations(automation, ledgers));
  }

  private static List<IntegrationConfig> integrations(Section automation, Map<String, ?> ledgers) {
    List<IntegrationConfig> integrations = new ArrayList<>();
    automation.named("integrations").forEach((id, section) -> {
      String ledger = section.text("ledger", Ledgers.LOCAL, "the ledger it works on; local is the node's own");
      if (!ledger.equals(Ledgers.LOCAL) && !ledgers.containsKey(ledger)) {
        section.problem("ledger", "\"" + ledger + "\" is not among automation.ledgers " + ledgers.keySet());
      }
      try {
        integrations.add(new IntegrationConfig(id, section.required("type", "the integration's type"), ledger,
            new Party(section.required("party", "whom it acts and reads as on the ledger")),
            section.namedTexts("settings", "a field of its type, as its package declares it")));
      } catch (IllegalArgumentException e) {
        section.problem("type", String.valueOf(e.getMessage()));
      }
    });
    return integrations;
  }

  private static Function<Clock, Ledger> ledger(Section section) {
    LedgerType type = section.choice("type", LedgerType.DAML_V2,
        "daml-v1 for gRPC (Daml 1 and 2), daml-v2 for the JSON API of Canton 3");
    Optional<URI> given = section.url("url", "where its API is; https for TLS");
    if (given.isEmpty()) {
      section.problem("url", "is needed, e.g. http://127.0.0.1:" + (type == LedgerType.DAML_V1 ? "6865" : "7575"));
    }
    URI url = given.orElse(NOWHERE);
    Function<Clock, AccessTokens> tokens = tokens(section.section("auth"));
    Duration patience = section.duration("timeout", "1m", "1s", "10m", "how long an answer of it may take");
    String user = section.text("user", "fairway", "the user, or application id, that commands are sent as");
    Optional<Path> trusted = section.path("trusted-certificates", "PEM file of who may vouch for it; daml-v1 only");
    try {
      return switch (type) {
        case DAML_V1 -> v1(url, trusted, user, patience, tokens);
        case DAML_V2 -> v2(url, user, patience, tokens);
      };
    } catch (IllegalArgumentException e) {
      section.problem("user", String.valueOf(e.getMessage()));
      return v2(NOWHERE, "fairway", patience, tokens);
    }
  }

  private static Function<Clock, Ledger> v1(URI url, Optional<Path> trusted, String user, Duration patience,
      Function<Clock, AccessTokens> tokens) {
    boolean tls = "https".equals(url.getScheme());
    int port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
    V1Config plain = new V1Config(url.getHost(), port, Optional.empty(), AccessTokens.NONE, user, patience,
        new V1Config(url.getHost(), port).messageBytes());
    V1Config config = tls ? plain.withTls(new V1Config.Tls(trusted, Optional.empty())) : plain;
    return clock -> new DamlLedgerV1(config.withTokens(tokens.apply(clock)));
  }

  private static Function<Clock, Ledger> v2(URI url, String user, Duration patience,
      Function<Clock, AccessTokens> tokens) {
    V2Config config = new V2Config(url, Optional.empty(), AccessTokens.NONE, user, patience,
        new V2Config(url).messageChars());
    return clock -> new DamlLedgerV2(config.withTokens(tokens.apply(clock)));
  }

  private static Function<Clock, AccessTokens> tokens(Section auth) {
    Optional<Secret> fixed = auth.secret("token", "a token to show it, always the same");
    Optional<URI> endpoint = auth.url("token-endpoint", "where tokens are had by client credentials");
    Optional<String> id = auth.text("client-id", "who the node is to that endpoint");
    Optional<Secret> secret = auth.secret("client-secret", "what proves it");
    Optional<String> scope = auth.text("scope", "what is asked for, e.g. daml_ledger_api");
    Optional<String> audience = auth.text("audience", "for whom the token shall be");
    if (endpoint.isEmpty()) {
      return clock -> fixed.map(AccessTokens::fixed).orElse(AccessTokens.NONE);
    }
    if (id.isEmpty() || secret.isEmpty()) {
      auth.problem("client-id", "client-id and client-secret are needed with a token-endpoint");
    }
    ClientCredentials.Grant grant = new ClientCredentials.Grant(endpoint.get(), id.orElse(""),
        secret.orElse(new Secret("")), scope, audience);
    return clock -> new ClientCredentials(grant, clock);
  }
}
