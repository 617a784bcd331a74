package dev.fairway.exchange.simplex;

import dev.fairway.web.outbound.TokenSource;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The other end of a simplex channel.
 *
 * @param base its endpoint, to which {@code messages/incoming} is appended
 * @param keys those it signs with, as its operator told them: 32 bytes in base64. Several while it changes its key
 * @param tokens how to get a bearer token for it, where it wants one besides
 */
public record SimplexPeer(URI base, List<String> keys, Optional<TokenSource> tokens) {
  public SimplexPeer {
    String text = base.toString();
    base = text.endsWith("/") ? base : URI.create(text + "/");
    keys = List.copyOf(keys);
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a peer needs the key it signs with");
    }
    keys.forEach(SigningKey::publicKey);
  }
}
