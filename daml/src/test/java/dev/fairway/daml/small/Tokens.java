package dev.fairway.daml.small;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a module, one after another, each with its place: layout has a meaning in Daml. */
final class Tokens {
  private static final Pattern WORD = Pattern
      .compile("[A-Za-z_][A-Za-z0-9_']*(?:\\.[A-Z][A-Za-z0-9_']*)*|\\(\\)|[-=|:;,(){}\\[\\]]|\\S");

  private final List<Token> tokens = new ArrayList<>();
  private int next;

  /** @param column the first is 1 */
  record Token(String text, int line, int column) {
    boolean isUpper() {
      return Character.isUpperCase(text.charAt(0));
    }

    boolean isLower() {
      return Character.isLowerCase(text.charAt(0)) || text.charAt(0) == '_';
    }
  }

  Tokens(String source) {
    List<String> lines = source.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).indexOf('\t') >= 0) {
        throw new IllegalArgumentException("line " + (i + 1) + " has a tab");
      }
      Matcher words = WORD.matcher(lines.get(i).replaceFirst("(^|\\s)--.*", ""));
      while (words.find()) {
        tokens.add(new Token(words.group(), i + 1, words.start() + 1));
      }
    }
    tokens.add(new Token("\0", lines.size() + 1, 0));
  }

  Token peek() {
    return tokens.get(next);
  }

  boolean atEnd() {
    return next == tokens.size() - 1;
  }

  /** Whether these come next. */
  boolean sees(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (next + i >= tokens.size() || !tokens.get(next + i).text.equals(words[i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether a field's name comes next, with its type behind it. */
  boolean seesField() {
    return peek().isLower() && tokens.get(next + 1).text.equals(":");
  }

  boolean take(String word) {
    if (sees(word)) {
      next++;
      return true;
    }
    return false;
  }

  Token take() {
    return tokens.get(next++);
  }

  void expect(String... words) {
    for (String word : words) {
      if (!take(word)) {
        throw wrong("expected " + word);
      }
    }
  }

  String upper() {
    return peek().isUpper() ? take().text : fail("expected a name with an upper case letter first");
  }

  String lower() {
    return peek().isLower() ? take().text : fail("expected a name with a lower case letter first");
  }

  private String fail(String why) {
    throw wrong(why);
  }

  IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException(
        "line " + peek().line + ", column " + peek().column + ": " + why + ", found " + peek().text);
  }
}
