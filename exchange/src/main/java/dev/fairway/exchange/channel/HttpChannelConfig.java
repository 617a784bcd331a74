package dev.fairway.exchange.channel;

import dev.fairway.web.outbound.TokenSource;
import java.net.URI;
import java.util.Optional;

/**
 * An endpoint of a channel.
 *
 * @param base its base URL, to which {@code /messages} is appended
 * @param tokens how to get a bearer token; none is sent without
 * @param signed whether its notifications must carry a signature. False only for endpoints known to throw the secret away
 */
public record HttpChannelConfig(URI base, Optional<TokenSource> tokens, boolean signed) {
  public HttpChannelConfig {
    String text = base.toString();
    base = text.endsWith("/") ? base : URI.create(text + "/");
  }
}
