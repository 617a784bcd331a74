package dev.fairway.exchange.document;

import dev.fairway.web.outbound.TokenSource;
import java.net.URI;
import java.util.Optional;

/**
 * The Document API of another jurisdiction.
 *
 * @param base ends with a slash; what is appended is a multihash
 * @param tokens how to get a bearer token. Without one, a peer over plain HTTP is told who we are without proof, as old
 * nodes do, and a peer over HTTPS nothing, since it sees our certificate
 */
public record DocumentPeer(URI base, Optional<TokenSource> tokens) {
  public DocumentPeer {
    if (!base.toString().endsWith("/")) {
      throw new IllegalArgumentException("the base URL of a Document API ends with a slash, is " + base);
    }
  }
}
