package dev.fairway.automation.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A webhook's place: literal text, {@code {name}} for one segment, {@code {name:expression}} for what matches. */
record SuffixPattern(String text, Pattern pattern, List<String> names) {
  private static final int LIMIT = 500;

  /** @throws IllegalArgumentException when it does not begin with a slash or a variable is malformed */
  static SuffixPattern parse(String suffix) {
    if (suffix.length() > LIMIT || (!suffix.isEmpty() && !suffix.startsWith("/"))) {
      throw new IllegalArgumentException(
          "a suffix is empty or begins with a slash and has at most " + LIMIT + " characters, is \"" + suffix + "\"");
    }
    var expression = new StringBuilder();
    var names = new ArrayList<String>();
    int at = 0;
    while (at < suffix.length()) {
      int open = suffix.indexOf('{', at);
      if (open < 0) {
        expression.append(Pattern.quote(suffix.substring(at)));
        break;
      }
      expression.append(Pattern.quote(suffix.substring(at, open)));
      int close = closing(suffix, open);
      String inside = suffix.substring(open + 1, close);
      int colon = inside.indexOf(':');
      String name = colon < 0 ? inside : inside.substring(0, colon);
      if (!name.matches("[A-Za-z_][A-Za-z0-9_]*") || names.contains(name)) {
        throw new IllegalArgumentException("\"" + name + "\" in \"" + suffix + "\" must be a name, and there once");
      }
      names.add(name);
      String wanted = colon < 0 ? "[^{}/]+" : inside.substring(colon + 1);
      if (wanted.matches(".*\\((?!\\?:).*")) {
        throw new IllegalArgumentException("a group in \"" + suffix + "\" must be written (?:…)");
      }
      expression.append('(').append(wanted).append(')');
      at = close + 1;
    }
    try {
      return new SuffixPattern(suffix, Pattern.compile(expression.toString()), List.copyOf(names));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("\"" + suffix + "\": " + e.getDescription(), e);
    }
  }

  /* An expression may itself have braces, {n:[0-9]{2}}. */
  private static int closing(String suffix, int open) {
    int depth = 0;
    for (int i = open; i < suffix.length(); i++) {
      depth += suffix.charAt(i) == '{' ? 1 : suffix.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("\"" + suffix + "\" has a brace that is not closed");
  }

  /** The variables, when the path matches. */
  Optional<Map<String, String>> match(String path) {
    Matcher matcher = pattern.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var variables = new LinkedHashMap<String, String>();
    for (int i = 0; i < names.size(); i++) {
      variables.put(names.get(i), matcher.group(i + 1));
    }
    return Optional.of(variables);
  }
}
