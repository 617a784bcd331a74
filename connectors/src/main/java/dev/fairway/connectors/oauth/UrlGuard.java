package dev.fairway.connectors.oauth;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps values that a person configured from choosing where secrets are sent. A URL's template is rendered with the values
 * and with a word of ours in their place: the scheme, port and host must not depend on them, except that a value may be the
 * left-most label of a host whose rest is fixed ({@code {{{config.store}}}.example.com}).
 */
final class UrlGuard {
  private static final String WORD = "fairwayguardword";

  private UrlGuard() {}

  /**
   * @param values what the template is rendered with; {@code config} in it is a person's
   * @throws FairwayException with {@code INVALID} when a value reaches further than it may
   */
  static URI render(Template templates, String template, Map<String, Object> values) {
    URI url = parse(templates.render(template, values), template);
    Map<String, Object> guarded = new LinkedHashMap<>(values);
    guarded.put("config", words(values.get("config")));
    URI expected = parse(templates.render(template, guarded), template);
    if (!String.valueOf(url.getScheme()).equals(expected.getScheme()) || url.getPort() != expected.getPort()
        || url.getRawUserInfo() != null || expected.getRawUserInfo() != null) {
      throw refused(template, "scheme, port and user must be fixed by the template");
    }
    host(url.getHost(), expected.getHost(), template);
    return url;
  }

  private static void host(@Nullable String actual, @Nullable String expected, String template) {
    if (actual == null || expected == null) {
      throw refused(template, "it has no well-formed host");
    }
    if (!expected.contains(WORD)) {
      if (!actual.equalsIgnoreCase(expected)) {
        throw refused(template, "its host must be " + expected);
      }
      return;
    }
    String fixed = expected.substring(Math.max(0, expected.indexOf('.')));
    if (!expected.equals(WORD + fixed) || fixed.chars().filter(c -> c == '.').count() < 2) {
      throw refused(template, "a configured value may only be the whole left-most label of a host whose rest is fixed");
    }
    String label = actual.length() > fixed.length() ? actual.substring(0, actual.length() - fixed.length()) : "";
    if (!actual.endsWith(fixed) || !label.matches("(?i)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
      throw refused(template, "the configured part of its host must be one label before " + fixed);
    }
  }

  private static Object words(@Nullable Object config) {
    return switch (config) {
      case Map<?, ?> map -> {
        Map<String, Object> words = new LinkedHashMap<>();
        map.forEach((name, value) -> words.put(String.valueOf(name), words(value)));
        yield words;
      }
      case List<?> list -> list;
      case null, default -> WORD;
    };
  }

  private static URI parse(String text, String template) {
    try {
      return new URI(text.strip());
    } catch (URISyntaxException e) {
      throw refused(template, "it does not make a URL");
    }
  }

  private static FairwayException refused(String template, String why) {
    return new FairwayException(ErrorCode.INVALID, "the URL template " + template + " is refused: " + why);
  }
}
