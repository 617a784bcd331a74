package dev.fairway.automation.ledger;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.TemplateId;
import java.util.Optional;

/**
 * Types as people write them: {@code Int}, {@code Text}, {@code Party}, {@code Bool}, {@code Date}, {@code Time},
 * {@code Decimal}, {@code Numeric 4}, {@code ContractId}, {@code Unit}, {@code Optional Text}, {@code [Int]},
 * {@code TextMap Int}, {@code Map Text Int}, {@code Module:Type}; parentheses group.
 */
final class TypeText {
  private static final int DEPTH_LIMIT = 50;
  private final String text;
  private int at;
  private int depth;

  private TypeText(String text) {
    this.text = text;
  }

  /** @throws FairwayException with {@code INVALID} when the text is no type */
  static LedgerType parse(String text) {
    var parser = new TypeText(text);
    LedgerType type = parser.type();
    parser.skip();
    if (parser.at < text.length()) {
      throw parser.wrong("nothing more");
    }
    return type;
  }

  private LedgerType type() {
    if (++depth > DEPTH_LIMIT) {
      throw wrong("less nesting");
    }
    skip();
    LedgerType type;
    if (take('(')) {
      type = type();
      expect(')');
    } else if (take('[')) {
      type = new LedgerType.ListOf(type());
      expect(']');
    } else {
      String word = word();
      type = switch (word) {
        case "Unit" -> LedgerType.Simple.UNIT;
        case "Bool" -> LedgerType.Simple.BOOL;
        case "Int" -> LedgerType.Simple.INT64;
        case "Text" -> LedgerType.Simple.TEXT;
        case "Party" -> LedgerType.Simple.PARTY;
        case "Date" -> LedgerType.Simple.DATE;
        case "Time" -> LedgerType.Simple.TIMESTAMP;
        case "Decimal" -> new LedgerType.Numeric(10);
        case "Numeric" -> new LedgerType.Numeric(scale());
        case "ContractId" -> new LedgerType.ContractOf(Optional.empty());
        case "Optional" -> new LedgerType.OptionalOf(type());
        case "TextMap" -> new LedgerType.TextMapOf(type());
        case "Map" -> new LedgerType.GenMapOf(type(), type());
        case String name when name.indexOf(':') > 0 -> named(name);
        case String _ -> throw wrong("a type");
      };
    }
    depth--;
    return type;
  }

  private LedgerType named(String name) {
    try {
      return new LedgerType.Named(TemplateId.parse(name));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "type \"" + text + "\": " + e.getMessage(), e);
    }
  }

  private int scale() {
    String digits = word();
    if (!digits.matches("[0-9]|[12][0-9]|3[0-7]")) {
      throw wrong("a scale of 0 to 37");
    }
    return Integer.parseInt(digits);
  }

  private String word() {
    skip();
    int start = at;
    while (at < text.length() && " ()[]\t\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  private boolean take(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    skip();
    if (!take(c)) {
      throw wrong("\"" + c + "\"");
    }
  }

  private void skip() {
    while (at < text.length() && " \t\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private FairwayException wrong(String expected) {
    return new FairwayException(ErrorCode.INVALID,
        "type \"" + text + "\" needs " + expected + " at character " + (at + 1));
  }
}
