package dev.fairway.node.cli;

import dev.fairway.connector.flow.OAuth2Spec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.oauth.TaskCredentials;
import dev.fairway.connectors.oauth.TokenKeeper;
import dev.fairway.node.config.KeptKey;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import dev.fairway.websub.wire.SecretSeal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Credentials of commands that one gives by hand. Many providers take a refresh token once, so what they give is kept,
 * sealed, for the next command: in a folder of the user's, in another one for each task and what is configured for it. For
 * one command at a time.
 *
 * @param dir holds these folders; made when it is needed
 * @param policy which providers may be called
 */
record KeptCredentials(Path dir, EgressPolicy policy, Clock clock) implements TaskCredentials {
  /**
   * Those of the user: in {@code FAIRWAY_CREDENTIALS}, or where state is kept by the
   * <a href="https://specifications.freedesktop.org/basedir-spec/latest/">XDG Base Directory Specification</a>.
   *
   * @param policy which providers may be called
   */
  static KeptCredentials ofUser(Map<String, String> env, EgressPolicy policy) {
    String state = set(env, "XDG_STATE_HOME").orElseGet(() -> System.getProperty("user.home") + "/.local/state");
    return new KeptCredentials(
        Path.of(set(env, "FAIRWAY_CREDENTIALS").orElseGet(() -> state + "/fairway/credentials")), policy,
        Clock.systemUTC());
  }

  /** That specification takes an empty variable for one that is not set. */
  private static Optional<String> set(Map<String, String> env, String variable) {
    return Optional.ofNullable(env.get(variable)).filter(value -> !value.isEmpty());
  }

  @Override
  public TokenKeeper.Fresh fresh(String task, JsonNode config, Callable<@Nullable OAuth2Spec> spec) throws Exception {
    OAuth2Spec how = TokenKeeper.signedIn(config) ? spec.call() : null;
    if (how == null || how.refreshTokenUrlTemplate().isEmpty()) {
      return AS_CONFIGURED.fresh(task, config, spec);
    }
    Path kept = Files.createDirectories(dir.resolve(name(task, config)),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(kept.resolve("store")), clock, List.of("connectors"));
        OutboundClient outbound = new OutboundClient(OutboundConfig.defaults(), policy)) {
      return new TokenKeeper(store, KeptKey.of(kept, "sealing.key", SecretSeal::newKey), outbound, clock)
          .fresh(task, how, config);
    }
  }

  private static String name(String task, JsonNode config) {
    String text = task + " " + Json.text(config.path("credentials"));
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
