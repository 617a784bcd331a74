package dev.fairway.websub.subscriber;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import dev.fairway.websub.wire.Links;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Finds the hub of a topic, and the address the topic gives itself, from its {@code Link} headers (WebSub 4). Redirects are
 * followed, at most {@value #MAX_REDIRECTS}. Links inside HTML or XML are not looked for.
 */
public final class Discovery {
  static final int MAX_REDIRECTS = 5;

  private final OutboundClient client;

  public Discovery(OutboundClient client) {
    this.client = client;
  }

  /** What a topic says of itself. */
  public record Found(URI hub, String topic) {}

  /**
   * Asks a topic for its hub.
   *
   * @param credentials adds what the publisher wants to see
   * @throws FairwayException with {@code PEER_FAILED} when it cannot be asked, and {@code PEER_LIED} when it names none
   */
  public Found find(URI topic, UnaryOperator<OutboundRequest> credentials) throws InterruptedException {
    OutboundResult result = follow(OutboundRequest.get(topic), List.of(301, 302, 307, 308), credentials);
    if (!(result instanceof OutboundResult.Answered answered && answered.ok())) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the topic " + topic + " " + result.describe());
    }
    Links links = Links.parse(answered.headers().getOrDefault("link", List.of()));
    URI hub = links.first("hub").flatMap(target -> resolve(topic, target)).orElseThrow(
        () -> new FairwayException(ErrorCode.PEER_LIED, "the topic " + topic + " has no Link header with rel=\"hub\""));
    String self = links.first("self").flatMap(target -> resolve(topic, target)).map(URI::toString)
        .orElseThrow(() -> new FairwayException(ErrorCode.PEER_LIED,
            "the topic " + topic + " has no Link header with rel=\"self\""));
    return new Found(hub, self);
  }

  /**
   * Sends a request, following redirects of the given statuses with the same method and body. Credentials go to the
   * first host only.
   */
  OutboundResult follow(OutboundRequest request, List<Integer> statuses, UnaryOperator<OutboundRequest> credentials)
      throws InterruptedException {
    OutboundRequest next = request;
    for (int hops = 0;; hops++) {
      boolean sameHost = next.url().getAuthority().equals(request.url().getAuthority());
      OutboundResult result = client.send(sameHost ? credentials.apply(next) : next);
      if (!(result instanceof OutboundResult.Answered answered) || !statuses.contains(answered.status())
          || hops == MAX_REDIRECTS) {
        return result;
      }
      URI here = next.url();
      Optional<URI> target = answered.header("Location").flatMap(location -> resolve(here, location));
      if (target.isEmpty()) {
        return result;
      }
      next = new OutboundRequest(next.method(), target.get(), next.headers(), next.body(), next.total(),
          next.responseLimit());
    }
  }

  private static Optional<URI> resolve(URI base, String target) {
    try {
      URI resolved = base.resolve(target);
      return resolved.getHost() == null ? Optional.empty() : Optional.of(resolved);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
