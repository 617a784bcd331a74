package dev.fairway.connectors.lake;

import dev.fairway.connector.Transactor.Row;
import dev.fairway.connector.flow.CollectionSpec.Inference;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializationSpec.FieldSelection;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A column of a Parquet file: how a field's schema becomes a type, and a value one of it.
 *
 * @param required whether each row has a value; keys do
 * @param value finds the column's value in a row
 */
record Column(String name, Kind kind, boolean required, Function<Row, @Nullable JsonNode> value) {
  /** Types of columns, by the <a href="https://parquet.apache.org/docs/file-format/types/logicaltypes/">logical types</a> of Parquet. */
  enum Kind {
    INTEGER, NUMBER, BOOLEAN, TEXT, DATE, TIME,
    /** What has no type of its own, or several: as JSON. */
    JSON;

    static Kind of(Inference inference) {
      return switch (inference.single()) {
        case "integer" -> INTEGER;
        case "number" -> NUMBER;
        case "boolean" -> BOOLEAN;
        case "string" -> text(inference);
        case null, default -> JSON;
      };
    }

    private static Kind text(Inference inference) {
      var facts = inference.string();
      if (facts == null || !facts.contentEncoding().isEmpty()) {
        return TEXT;
      }
      return switch (facts.format()) {
        case "date" -> DATE;
        case "date-time" -> TIME;
        default -> TEXT;
      };
    }
  }

  /** The columns of a binding: its keys, its values, and the document where that is selected. */
  static List<Column> of(MaterializationSpec.Binding binding) {
    Map<String, Projection> known = binding.collection().fields();
    FieldSelection selected = binding.fieldSelection();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < selected.keys().size(); i++) {
      int at = i;
      columns.add(of(known, selected.keys().get(i), true, row -> row.keys().get(at)));
    }
    for (int i = 0; i < selected.values().size(); i++) {
      int at = i;
      columns.add(of(known, selected.values().get(i), false, row -> row.values().get(at)));
    }
    if (!selected.document().isEmpty()) {
      columns.add(new Column(selected.document(), Kind.JSON, false, Row::document));
    }
    return columns;
  }

  private static Column of(Map<String, Projection> known, String field, boolean required,
      Function<Row, @Nullable JsonNode> value) {
    Inference inference = Objects.requireNonNull(known.get(field), field).inference();
    return new Column(field, Kind.of(inference), required, value);
  }

  Type type() {
    var repetition = required ? Type.Repetition.REQUIRED : Type.Repetition.OPTIONAL;
    return switch (kind) {
      case INTEGER -> Types.primitive(PrimitiveTypeName.INT64, repetition).named(name);
      case NUMBER -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition).named(name);
      case BOOLEAN -> Types.primitive(PrimitiveTypeName.BOOLEAN, repetition).named(name);
      case TEXT -> Types.primitive(PrimitiveTypeName.BINARY, repetition).as(LogicalTypeAnnotation.stringType())
          .named(name);
      case DATE -> Types.primitive(PrimitiveTypeName.INT32, repetition).as(LogicalTypeAnnotation.dateType())
          .named(name);
      case TIME -> Types.primitive(PrimitiveTypeName.INT64, repetition)
          .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS)).named(name);
      case JSON -> Types.primitive(PrimitiveTypeName.BINARY, repetition).as(LogicalTypeAnnotation.jsonType())
          .named(name);
    };
  }

  /** Whether the row has nothing in the column: no value, or a time without end or beginning, which Parquet cannot say. */
  boolean absent(JsonNode given) {
    return given.isNull() || (!required && (kind == Kind.DATE || kind == Kind.TIME) && Times.infinite(given));
  }

  /**
   * Writes a value that is there.
   *
   * @throws ConnectorFailedException not retriable, when the column cannot hold it
   */
  void write(JsonNode given, RecordConsumer into) throws ConnectorFailedException {
    try {
      switch (kind) {
        case INTEGER -> into.addLong(given.decimalValue().longValueExact());
        case NUMBER -> into.addDouble(given.doubleValue());
        case BOOLEAN -> into.addBoolean(given.booleanValue());
        case TEXT -> into.addBinary(Binary.fromString(given.stringValue()));
        case DATE -> into.addInteger(Math.toIntExact(Times.date(given.stringValue()).toEpochDay()));
        case TIME -> into.addLong(
            ChronoUnit.MICROS.between(Instant.EPOCH, Times.moment(given.stringValue())));
        case JSON -> into.addBinary(Binary.fromConstantByteArray(Json.bytes(given)));
      }
    } catch (ArithmeticException | DateTimeException | tools.jackson.core.JacksonException e) {
      ConnectorFailedException refused = new ConnectorFailedException(
          "field " + name + " has a value that a column of type " + kind + " cannot hold: "
              + shortened(given) + "; correct the collection's schema, or exclude the field",
          false);
      refused.initCause(e);
      throw refused;
    }
  }

  private static String shortened(JsonNode given) {
    String text = Json.text(given);
    return text.length() <= 100 ? text : text.substring(0, 100) + "…";
  }
}
