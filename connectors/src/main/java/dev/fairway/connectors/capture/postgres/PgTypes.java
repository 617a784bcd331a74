package dev.fairway.connectors.capture.postgres;

import dev.fairway.connector.json.Json;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * PostgreSQL's types as JSON, by the object identifiers of {@code pg_type}. Values come as PostgreSQL writes them with
 * {@code DateStyle} ISO in UTC; a type that has no counterpart stays the text it is.
 *
 * <p>The schema of times and dates names a format of RFC 3339, so that destinations give them columns of their own. What that
 * cannot say stays as PostgreSQL writes it all the same: years before 1 and after 9999, and the infinities.
 */
final class PgTypes {
  private static final int BOOL = 16;
  private static final int INT8 = 20;
  private static final int INT2 = 21;
  private static final int INT4 = 23;
  private static final int JSON = 114;
  private static final int FLOAT4 = 700;
  private static final int FLOAT8 = 701;
  private static final int DATE = 1082;
  private static final int TIMESTAMPTZ = 1184;
  private static final int NUMERIC = 1700;
  private static final int JSONB = 3802;
  private static final Pattern MOMENT = Pattern
      .compile("(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?)\\+00");
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");

  private PgTypes() {}

  /** How a type's values are written in JSON. */
  enum Form {
    INTEGER, NUMBER, BOOLEAN, JSON, MOMENT, TEXT
  }

  static Form form(int type) {
    return switch (type) {
      case INT2, INT4, INT8 -> Form.INTEGER;
      case FLOAT4, FLOAT8, NUMERIC -> Form.NUMBER;
      case BOOL -> Form.BOOLEAN;
      case JSON, JSONB -> Form.JSON;
      case TIMESTAMPTZ -> Form.MOMENT;
      default -> Form.TEXT;
    };
  }

  /** The JSON schema of a column's values. */
  static JsonNode schema(int type, boolean nullable) {
    ObjectNode schema = Json.object();
    String name = switch (type) {
      case BOOL -> "boolean";
      case INT2, INT4, INT8 -> "integer";
      case FLOAT4, FLOAT8, NUMERIC -> "number";
      case JSON, JSONB -> "";
      default -> "string";
    };
    if (name.isEmpty()) {
      return schema;
    }
    // NaN and the infinities are texts: JSON has no numbers for them (RFC 8259, section 6).
    boolean unbounded = type == FLOAT4 || type == FLOAT8 || type == NUMERIC;
    if (nullable || unbounded) {
      var names = schema.putArray("type").add(name);
      if (unbounded) {
        names.add("string");
      }
      if (nullable) {
        names.add("null");
      }
    } else {
      schema.put("type", name);
    }
    if (type == TIMESTAMPTZ || type == DATE) {
      schema.put("format", type == DATE ? "date" : "date-time");
    }
    return schema;
  }

  /** A value that PostgreSQL has written as text. */
  static JsonNode value(int type, String text) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (form(type)) {
      case BOOLEAN -> nodes.booleanNode(text.equals("t") || text.equals("true"));
      case INTEGER -> nodes.numberNode(Long.parseLong(text));
      case NUMBER -> NUMBER.matcher(text).matches()
          ? nodes.numberNode(new BigDecimal(text))
          : nodes.stringNode(text);
      case JSON -> Json.parse(text);
      case MOMENT -> nodes.stringNode(moment(text));
      case TEXT -> nodes.stringNode(text);
    };
  }

  /* RFC 3339 wants a T and a Z; years before 1 or after 9999 and the infinities cannot be said in it and stay as they are. */
  private static String moment(String text) {
    Matcher moment = MOMENT.matcher(text);
    return moment.matches() ? moment.group(1) + "T" + moment.group(2) + "Z" : text;
  }
}
