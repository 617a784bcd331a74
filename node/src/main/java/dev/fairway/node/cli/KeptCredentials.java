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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Credentials of commands that one gives by hand. Many providers take a refresh token once, so what they give is kept,
 * sealed, for the next command: in a folder of the user's, in another one for each task and what is configured for it. For
 * one command at a time. A folder that nobody used for {@value #UNUSED_DAYS} days is removed by the next who keeps some: by
 * then the providers that set a limit have forgotten what is in it, too (Google's, for one, is
 * <a href="https://developers.google.com/identity/protocols/oauth2#expiration">six months</a>).
 *
 * @param dir holds these folders; made when it is needed
 * @param policy which providers may be called
 */
record KeptCredentials(Path dir, EgressPolicy policy, Clock clock) implements TaskCredentials {
  static final int UNUSED_DAYS = 200;
  /* Its time is when the folder was used last. */
  private static final String USED = "used";
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");

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
    Files.setLastModifiedTime(Files.writeString(kept.resolve(USED), ""), FileTime.from(clock.instant()));
    removeUnused();
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(kept.resolve("store")), clock, List.of("connectors"));
        OutboundClient outbound = new OutboundClient(OutboundConfig.defaults(), policy)) {
      return new TokenKeeper(store, KeptKey.of(kept, "sealing.key", SecretSeal::newKey), outbound, clock)
          .fresh(task, how, config);
    }
  }

  private void removeUnused() throws IOException {
    Instant limit = clock.instant().minus(Duration.ofDays(UNUSED_DAYS));
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(dir, folder -> {
      Path used = folder.resolve(USED);
      return NAME.matcher(folder.getFileName().toString()).matches() && Files.exists(used)
          && Files.getLastModifiedTime(used).toInstant().isBefore(limit);
    })) {
      for (Path folder : folders) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.deleteIfExists(file);
          }
        }
      }
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
