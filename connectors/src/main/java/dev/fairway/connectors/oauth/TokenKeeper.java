package dev.fairway.connectors.oauth;

import dev.fairway.connector.flow.OAuth2Spec;
import dev.fairway.connector.json.Json;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.store.Store;
import dev.fairway.web.outbound.OutboundClient;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps the credentials of tasks fresh: those that are about to expire are traded for new ones before a session gets them, one exchange
 * at a time per task. What the provider gives is durable, and sealed, before anybody uses it, because many providers take a refresh
 * token once. Credentials that are configured anew replace those that are kept. Safe for many threads.
 */
public final class TokenKeeper implements TaskCredentials {
  /** Access tokens are refreshed this long before they expire. */
  static final Duration MARGIN = Duration.ofMinutes(5);

  private static final Duration SHORTEST_SESSION = Duration.ofMinutes(1);
  private static final String CREDENTIALS = "credentials";

  private final Store store;
  private final CredentialSeal seal;
  private final OutboundClient outbound;
  private final Clock clock;
  private final Map<String, Object> exchanges = new ConcurrentHashMap<>();

  /**
   * @param key seals what is kept; with another key, it is as if nothing were
   * @param outbound calls providers; its policy says which addresses may be reached
   */
  public TokenKeeper(Store store, Secret key, OutboundClient outbound, Clock clock) {
    this.store = store;
    this.seal = new CredentialSeal(key);
    this.outbound = outbound;
    this.clock = clock;
  }

  /**
   * A configuration with credentials that can be used.
   *
   * @param until when a session that uses it should end; empty when that is not known
   */
  public record Fresh(JsonNode config, Optional<Instant> until) {}

  /** Whether a configuration holds what a sign-in gave, so that there may be something to refresh. */
  public static boolean signedIn(JsonNode config) {
    return config.path(CREDENTIALS) instanceof ObjectNode credentials && credentials.has("client_id");
  }

  @Override
  public Fresh fresh(String task, JsonNode config, Callable<@Nullable OAuth2Spec> spec) throws Exception {
    return signedIn(config) ? fresh(task, spec.call(), config) : new Fresh(config, Optional.empty());
  }

  /**
   * The configuration with fresh credentials; as it is when the connector does not say how they are refreshed.
   *
   * @param spec how the connector's users sign in
   * @throws FairwayException with {@code PEER_FAILED} when the provider refuses or cannot be reached
   */
  public Fresh fresh(String task, @Nullable OAuth2Spec spec, JsonNode config) throws InterruptedException {
    if (spec == null || spec.refreshTokenUrlTemplate().isEmpty()
        || !(config.path(CREDENTIALS) instanceof ObjectNode configured)) {
      return new Fresh(config, Optional.empty());
    }
    String fingerprint = fingerprint(configured);
    synchronized (exchanges.computeIfAbsent(task, _ -> new Object())) {
      Optional<ObjectNode> kept = store.read(view -> CredentialTable.find(view, task, fingerprint)).flatMap(
          sealed -> seal.open(task, sealed)).map(Json::parse).map(ObjectNode.class::cast);
      ObjectNode credentials = kept.orElse(configured);
      Optional<Instant> expires = expiry(spec, credentials);
      if (expires.isPresent() && clock.instant().isBefore(expires.get().minus(MARGIN))) {
        return with(config, credentials, expires);
      }
      ObjectNode refreshed = refresh(task, spec, config, credentials);
      store.run(tx -> CredentialTable.save(tx, task, fingerprint, seal.close(task, Json.text(refreshed))));
      return with(config, refreshed, expiry(spec, refreshed));
    }
  }

  private ObjectNode refresh(String task, OAuth2Spec spec, JsonNode config, ObjectNode credentials)
      throws InterruptedException {
    SignIn.Application application = new SignIn.Application(credentials.path("client_id").asString(""),
        new Secret(credentials.path("client_secret").asString("")));
    try {
      return new SignIn(spec, application, config, Json.object(), outbound, clock).refresh(credentials);
    } catch (FairwayException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the credentials of " + task + " cannot be refreshed: "
          + e.getMessage() + "; if the provider no longer knows the consent, sign in again (fairway connector oauth)"
          + " and configure the new credentials", e);
    }
  }

  private Fresh with(JsonNode config, ObjectNode credentials, Optional<Instant> expires) {
    ObjectNode changed = ((ObjectNode) config).deepCopy();
    changed.set(CREDENTIALS, credentials);
    // A token that lives for less than that is left to expire, for else there would be no time to use it.
    Instant soon = clock.instant().plus(SHORTEST_SESSION);
    return new Fresh(changed, expires.map(at -> at.minus(MARGIN)).filter(soon::isBefore));
  }

  /** The first time that anything expires: connectors map such times to members made of now and so many seconds. */
  private static Optional<Instant> expiry(OAuth2Spec spec, JsonNode credentials) {
    return Stream.of(spec.refreshTokenResponseMap(), spec.accessTokenResponseMap())
        .flatMap(map -> map.entrySet().stream())
        .filter(member -> member.getValue().asString("").contains("now_plus"))
        .flatMap(member -> instant(credentials.path(member.getKey())).stream()).min(Comparator.naturalOrder());
  }

  private static Optional<Instant> instant(JsonNode value) {
    try {
      return value.isString() ? Optional.of(OffsetDateTime.parse(value.stringValue()).toInstant()) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String fingerprint(ObjectNode configured) {
    try {
      return HexFormat.of().formatHex(
          MessageDigest.getInstance("SHA-256").digest(Json.text(configured).getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
