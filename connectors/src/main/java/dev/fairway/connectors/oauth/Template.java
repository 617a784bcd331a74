package dev.fairway.connectors.oauth;

import com.github.mustachejava.DefaultMustacheFactory;
import dev.fairway.connector.json.Json;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Mustache templates (https://mustache.github.io/mustache.5.html) with three helpers: {@code urlencode}, {@code basicauth}
 * and {@code now_plus}. Two braces escape for HTML, three do not; what is missing is empty. Safe for many threads.
 */
final class Template {
  private static final DateTimeFormatter INSTANT = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
      .withZone(ZoneOffset.UTC);

  private final Map<String, Object> helpers;

  Template(Clock clock) {
    Function<String, String> urlencode = Template::encodeUriComponent;
    Function<String, String> basicauth = text -> Base64.getEncoder()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    Function<String, String> nowPlus = text -> INSTANT.format(
        clock.instant().plus(Duration.ofSeconds(seconds(text))).truncatedTo(ChronoUnit.MILLIS));
    helpers = Map.of("urlencode", urlencode, "basicauth", basicauth, "now_plus", nowPlus);
  }

  /** Renders a template. A helper wins over a value of its name. */
  String render(String template, Map<String, Object> values) {
    Map<String, Object> scope = new LinkedHashMap<>(values);
    scope.putAll(helpers);
    StringWriter out = new StringWriter();
    new DefaultMustacheFactory().compile(new StringReader(template), "template").execute(out, scope);
    return out.toString();
  }

  /** A tree as values of a template. */
  static Map<String, Object> values(JsonNode tree) {
    Map<String, Object> values = new LinkedHashMap<>();
    tree.properties().forEach(member -> values.put(member.getKey(), value(member.getValue())));
    return values;
  }

  private static Object value(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> values(node);
      case STRING -> node.stringValue();
      case NULL, MISSING -> "";
      default -> Json.text(node);
    };
  }

  private static long seconds(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("now_plus needs a number of seconds, got \"" + text + "\"", e);
    }
  }

  /** As JavaScript's {@code encodeURIComponent}. */
  private static String encodeUriComponent(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("%21", "!").replace("%27", "'")
        .replace("%28", "(").replace("%29", ")").replace("%7E", "~");
  }
}
