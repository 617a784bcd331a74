package dev.fairway.websub.wire;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a subscriber is called: an absolute http or https address, used exactly as it was given. */
public record Callback(String url) {
  /** Longest callback, in characters. */
  public static final int MAX_LENGTH = 2_000;

  private static final Pattern SHAPE = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(//([^/?#]*))?.*", Pattern.DOTALL);

  public Callback {
    fault(url).ifPresent(reason -> {
      throw new IllegalArgumentException(reason);
    });
  }

  /** What is wrong with an address, in the words clients of the Subscriptions API know; empty when nothing is. */
  public static Optional<String> fault(String url) {
    Matcher shape = SHAPE.matcher(url);
    if (!shape.matches()) {
      return Optional.of("URL must contain scheme");
    }
    String scheme = shape.group(1).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return Optional.of("Unsupported url scheme: \"" + scheme + "\". Must be one of: ['http', 'https'].");
    }
    if (shape.group(3) == null || shape.group(3).isEmpty()) {
      return Optional.of("URL must contain domain or ip");
    }
    if (url.length() > MAX_LENGTH) {
      return Optional.of("URL must have at most " + MAX_LENGTH + " characters, has " + url.length());
    }
    try {
      URI uri = new URI(url);
      if (uri.getHost() == null || uri.getPort() > 65_535) {
        return Optional.of("URL must contain domain or ip");
      }
      if (uri.getRawUserInfo() != null) {
        return Optional.of("URL must not contain a user name");
      }
      return uri.getRawFragment() == null ? Optional.empty() : Optional.of("URL must not contain a fragment");
    } catch (URISyntaxException e) {
      return Optional.of("URL is not valid at position " + e.getIndex());
    }
  }

  /** The address itself, with its query as given. */
  public URI uri() {
    return URI.create(url);
  }

  /** The address with parameters added after those it has (WebSub 5.3). */
  public URI with(Map<String, String> parameters) {
    StringBuilder address = new StringBuilder(url);
    char separator = uri().getRawQuery() == null ? '?' : '&';
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      address.append(separator).append(parameter.getKey()).append('=')
          .append(URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8).replace("+", "%20"));
      separator = '&';
    }
    return URI.create(address.toString());
  }

  /** For logs and breakers: without the query, which may hold a capability. */
  @Override
  public String toString() {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }
}
