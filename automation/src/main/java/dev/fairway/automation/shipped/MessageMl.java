package dev.fairway.automation.shipped;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plain text to Symphony's mark-up and back. Of what comes, the words are kept and the mark-up is not.
 *
 * @see <a href="https://docs.developers.symphony.com/building-bots-on-symphony/messages/overview-of-messageml">Overview of
 * MessageML</a>
 */
final class MessageMl {
  private static final Pattern LINE_END = Pattern.compile("<br\\s*/?>|</(?:p|div|li|tr|h[1-6])>(?=.)", Pattern.DOTALL);
  private static final Pattern TAG = Pattern.compile("<[^>]*>");
  private static final Pattern ENTITY = Pattern.compile("&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-z]{2,5});");
  private static final Map<String, String> NAMED = Map.of("lt", "<", "gt", ">", "amp", "&", "quot", "\"", "apos", "'",
      "nbsp", "\u00a0");
  /** What XML 1.0 has no place for. */
  private static final Pattern NO_XML = Pattern
      .compile("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

  private MessageMl() {}

  static String of(String text) {
    String escaped = NO_XML.matcher(text).replaceAll("\uFFFD").replace("&", "&amp;").replace("<", "&lt;")
        .replace(">", "&gt;").replaceAll("\r?\n", "<br/>");
    return "<messageML>" + escaped + "</messageML>";
  }

  static String text(String presentation) {
    String lines = LINE_END.matcher(presentation.strip()).replaceAll("\n");
    return ENTITY.matcher(TAG.matcher(lines).replaceAll(""))
        .replaceAll(entity -> Matcher.quoteReplacement(character(entity))).strip();
  }

  private static String character(MatchResult entity) {
    String name = entity.group(1);
    if (!name.startsWith("#")) {
      return NAMED.getOrDefault(name, entity.group());
    }
    int code = name.startsWith("#x") ? Integer.parseInt(name.substring(2), 16) : Integer.parseInt(name.substring(1));
    return Character.isValidCodePoint(code) ? Character.toString(code) : entity.group();
  }
}
