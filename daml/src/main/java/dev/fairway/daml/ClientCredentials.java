package dev.fairway.daml;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tokens from an authorization server by our own name and secret, asked for again before they run out or when a ledger
 * refused one.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-4.4">RFC 6749, 4.4: client credentials</a>
 */
public final class ClientCredentials implements AccessTokens {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  /** What a token lasts whose server does not say. */
  private static final Duration ASSUMED = Duration.ofMinutes(5);

  private final Grant grant;
  private final Clock clock;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private @Nullable Secret token;
  private Instant renewAt = Instant.MIN;

  /**
   * @param tokenUrl the server's token endpoint
   * @param scope e.g. {@code daml_ledger_api}
   * @param audience where the server wants one
   */
  public record Grant(URI tokenUrl, String clientId, Secret clientSecret, Optional<String> scope,
      Optional<String> audience) {}

  public ClientCredentials(Grant grant, Clock clock) {
    this.grant = grant;
    this.clock = clock;
  }

  @Override
  public synchronized Optional<Secret> current() {
    Secret held = token;
    if (held == null || !clock.instant().isBefore(renewAt)) {
      held = ask();
    }
    return Optional.of(held);
  }

  @Override
  public synchronized boolean refused(Secret refused) {
    if (Objects.equals(token, refused)) {
      token = null;
    }
    return true;
  }

  private Secret ask() {
    Map<String, String> form = new TreeMap<>(Map.of("grant_type", "client_credentials"));
    grant.scope().ifPresent(scope -> form.put("scope", scope));
    grant.audience().ifPresent(audience -> form.put("audience", audience));
    String body = String.join("&",
        form.entrySet().stream().map(entry -> entry.getKey() + "=" + encoded(entry.getValue())).toList());
    String name = encoded(grant.clientId()) + ":" + encoded(grant.clientSecret().reveal());
    HttpRequest request = HttpRequest.newBuilder(grant.tokenUrl()).timeout(TIMEOUT)
        .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8)))
        .header("Content-Type", "application/x-www-form-urlencoded").header("Accept", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body)).build();
    try {
      HttpResponse<String> answer = client.send(request,
          info -> HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), 1 << 20).apply(info));
      return taken(answer);
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "no answer from the token server " + grant.tokenUrl(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.PEER_FAILED, "interrupted while asking for a token", e);
    }
  }

  private Secret taken(HttpResponse<String> answer) {
    if (answer.statusCode() != 200) {
      throw new FairwayException(answer.statusCode() / 100 == 4 ? ErrorCode.UNAUTHENTICATED : ErrorCode.PEER_FAILED,
          "the token server " + grant.tokenUrl() + " answered " + answer.statusCode() + " to " + grant.clientId());
    }
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(answer.body());
    } catch (JacksonException e) {
      // Its text may hold a token, so the cause is not kept.
      throw new FairwayException(ErrorCode.PEER_LIED, "the token server " + grant.tokenUrl() + " sent no JSON");
    }
    String value = json.path("access_token").asString("");
    if (value.isEmpty()) {
      throw new FairwayException(ErrorCode.PEER_LIED, "the token server " + grant.tokenUrl() + " sent no access_token");
    }
    long seconds = json.path("expires_in").asLong(ASSUMED.toSeconds());
    // A fifth of its life early, so that a call under way ends before it does.
    renewAt = clock.instant().plusSeconds(Math.max(1, seconds * 4 / 5));
    Secret fresh = new Secret(value);
    token = fresh;
    return fresh;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
