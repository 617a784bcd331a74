package dev.fairway.web;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Takes apart headers of the form {@code value; name=token; name="quoted"} (RFC 9110, section 5.6.6). Never throws. */
final class HeaderParameters {
  private HeaderParameters() {}

  /** What stands before the first semicolon, in lower case. */
  static String value(String header) {
    int end = header.indexOf(';');
    return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** The parameters by lower-case name; the first of a name counts. */
  static Map<String, String> of(String header) {
    Map<String, String> parameters = new LinkedHashMap<>();
    int i = header.indexOf(';');
    while (i >= 0 && i < header.length()) {
      int equals = header.indexOf('=', i + 1);
      int semicolon = header.indexOf(';', i + 1);
      if (equals < 0) {
        break;
      }
      if (semicolon >= 0 && semicolon < equals) {
        i = semicolon;
        continue;
      }
      String name = header.substring(i + 1, equals).strip().toLowerCase(Locale.ROOT);
      int at = equals + 1;
      while (at < header.length() && Character.isWhitespace(header.charAt(at))) {
        at++;
      }
      StringBuilder value = new StringBuilder();
      if (at < header.length() && header.charAt(at) == '"') {
        at++;
        while (at < header.length() && header.charAt(at) != '"') {
          if (header.charAt(at) == '\\' && at + 1 < header.length()) {
            at++;
          }
          value.append(header.charAt(at));
          at++;
        }
        i = header.indexOf(';', Math.min(at, header.length()));
      } else {
        i = header.indexOf(';', at);
        value.append(header.substring(at, i < 0 ? header.length() : i).strip());
      }
      if (!name.isEmpty()) {
        parameters.putIfAbsent(name, value.toString());
      }
    }
    return parameters;
  }
}
