package dev.fairway.web.outbound;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The OAuth 2.0 client credentials grant (RFC 6749, section 4.4), with HTTP Basic client authentication. A token is kept
 * until a minute before it runs out, or for half its life if that is shorter; one thread renews it while others wait.
 */
public final class ClientCredentials implements TokenSource {
  private static final Duration EARLY = Duration.ofSeconds(60);
  /** What a token is taken to live when its issuer does not say. */
  private static final long SILENT_LIFE = 300;

  private final OutboundClient client;
  private final InstantSource clock;
  private final Endpoint endpoint;
  private final String clientId;
  private final Secret clientSecret;
  private final Optional<String> scope;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Token current;
  private @Nullable URI discovered;

  private record Token(Secret value, Instant renewAt) {}

  /** Where tokens are issued. */
  public sealed interface Endpoint {
    /** The token endpoint itself. */
    record Token(URI url) implements Endpoint {}

    /** A document that names it (OpenID Connect Discovery 1.0). */
    record Discovery(URI url) implements Endpoint {}
  }

  public ClientCredentials(OutboundClient client, InstantSource clock, Endpoint endpoint, String clientId,
      Secret clientSecret, Optional<String> scope) {
    this.client = client;
    this.clock = clock;
    this.endpoint = endpoint;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.scope = scope;
  }

  @Override
  public Secret token() throws InterruptedException {
    Token known = current;
    if (known != null && clock.instant().isBefore(known.renewAt())) {
      return known.value();
    }
    lock.lockInterruptibly();
    try {
      known = current;
      if (known == null || !clock.instant().isBefore(known.renewAt())) {
        known = fetch();
        current = known;
      }
      return known.value();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void discard(Secret token) {
    lock.lock();
    try {
      Token known = current;
      if (known != null && known.value().equals(token)) {
        current = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private Token fetch() throws InterruptedException {
    URI url = switch (endpoint) {
      case Endpoint.Token(var token) -> token;
      case Endpoint.Discovery(var document) -> discover(document);
    };
    List<Map.Entry<String, String>> form = new ArrayList<>();
    form.add(Map.entry("grant_type", "client_credentials"));
    form.add(Map.entry("client_id", clientId));
    scope.ifPresent(name -> form.add(Map.entry("scope", name)));
    JsonNode answer = ask(OutboundRequest.post(url).header("Authorization", "Basic " + basic())
        .header("Accept", "application/json").form(form), "token endpoint");
    JsonNode token = answer.get("access_token");
    if (token == null || !token.isString() || token.stringValue().isEmpty()) {
      throw new FairwayException(ErrorCode.PEER_LIED, "the token endpoint " + url + " answered without access_token");
    }
    JsonNode life = answer.get("expires_in");
    // Some issuers write the number as text.
    long seconds = life == null ? SILENT_LIFE : life.asLong(SILENT_LIFE);
    Duration keep = seconds <= EARLY.toSeconds()
        ? Duration.ofMillis(Math.max(0, seconds) * 500)
        : Duration.ofSeconds(seconds).minus(EARLY);
    return new Token(new Secret(token.stringValue()), clock.instant().plus(keep));
  }

  private URI discover(URI document) throws InterruptedException {
    URI known = discovered;
    if (known == null) {
      JsonNode url = ask(OutboundRequest.get(document).header("Accept", "application/json"), "discovery document")
          .get("token_endpoint");
      if (url == null || !url.isString()) {
        throw new FairwayException(ErrorCode.PEER_LIED, "the document at " + document + " names no token_endpoint");
      }
      try {
        known = new URI(url.stringValue());
      } catch (java.net.URISyntaxException e) {
        throw new FairwayException(ErrorCode.PEER_LIED, "the token_endpoint in " + document + " is not a URL", e);
      }
      discovered = known;
    }
    return known;
  }

  private JsonNode ask(OutboundRequest request, String what) throws InterruptedException {
    OutboundResult result = client.send(request);
    if (result instanceof OutboundResult.Answered answer && answer.status() == 200) {
      try {
        return answer.body().json();
      } catch (FairwayException e) {
        throw new FairwayException(ErrorCode.PEER_LIED, "the " + what + " " + request.url() + " did not answer JSON",
            e);
      }
    }
    throw new FairwayException(ErrorCode.PEER_FAILED, "the " + what + " " + request.url() + ": " + result.describe());
  }

  private String basic() {
    // RFC 6749, section 2.3.1: both halves are form-encoded before they are joined.
    String pair = encode(clientId) + ":" + encode(clientSecret.reveal());
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
