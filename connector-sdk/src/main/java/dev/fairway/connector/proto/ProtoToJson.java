package dev.fairway.connector.proto;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.MalformedJsonException;
import dev.fairway.connector.proto.Shape.Count;
import dev.fairway.connector.proto.Shape.Field;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes messages as JSON on one line, with the names that protocol buffers have in JSON. Fields the table does not know are
 * passed over.
 */
final class ProtoToJson {
  /* Collections hold derivations, which hold collections; nobody means more of that than this. */
  private static final int DEPTH = 50;

  private final byte[] bytes;
  private final ByteArrayOutputStream json;

  private ProtoToJson(byte[] bytes, ByteArrayOutputStream json) {
    this.bytes = bytes;
    this.json = json;
  }

  /**
   * Appends a message.
   *
   * @throws ProtocolException when the bytes are no such message; the output then has a part of it
   */
  static void translate(Shape shape, byte[] bytes, int from, int length, ByteArrayOutputStream json) {
    try {
      new ProtoToJson(bytes, json).message(shape, from, length, DEPTH);
    } catch (IOException | DateTimeException e) {
      throw new ProtocolException(
          "a message of " + length + " bytes cannot be read as " + shape.name() + ": " + e.getMessage(), e);
    }
  }

  /** Where a value lies, or the value itself if it is a number. */
  private record Value(long number, int from, int length) {
    /** What an entry of a map has that leaves its key or its value out. */
    static final List<Value> DEFAULT = List.of(new Value(0, 0, 0));
  }

  private void message(Shape shape, int from, int length, int depth) throws IOException {
    if (depth == 0) {
      throw new IOException("messages within messages, more than " + DEPTH + " deep");
    }
    json.write('{');
    boolean first = true;
    for (Map.Entry<Field, List<Value>> member : values(shape, from, length).entrySet()) {
      Field field = member.getKey();
      List<Value> values = member.getValue();
      if (field.kind() == Kind.JSON && field.count() == Count.ONE && values.getLast().length() == 0) {
        continue;
      }
      if (!first) {
        json.write(',');
      }
      first = false;
      text(field.name());
      json.write(':');
      switch (field.count()) {
        case ONE -> one(field, values.getLast(), depth);
        case MANY -> many(field, values, depth);
        case MAP -> map(field, values, depth);
      }
    }
    json.write('}');
  }

  private Map<Field, List<Value>> values(Shape shape, int from, int length) throws IOException {
    Map<Field, List<Value>> values = new LinkedHashMap<>();
    CodedInputStream in = CodedInputStream.newInstance(bytes, from, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      Field field = shape.field(WireFormat.getTagFieldNumber(tag));
      int wireType = WireFormat.getTagWireType(tag);
      if (field == null) {
        in.skipField(tag);
      } else if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        int size = in.readRawVarint32();
        int start = from + in.getTotalBytesRead();
        in.skipRawBytes(size);
        delimited(shape, field, start, size, values.computeIfAbsent(field, _ -> new ArrayList<>(1)));
      } else if (field.count() != Count.MAP && wireType == field.kind().wireType()) {
        values.computeIfAbsent(field, _ -> new ArrayList<>(1)).add(new Value(number(wireType, in), 0, 0));
      } else {
        throw mismatch(shape, field, wireType);
      }
    }
    return values;
  }

  private void delimited(Shape shape, Field field, int from, int length, List<Value> values) throws IOException {
    if (field.kind().delimited() || field.count() == Count.MAP) {
      values.add(new Value(0, from, length));
    } else if (field.count() == Count.MANY) {
      // Numbers that are repeated may travel together, under one tag.
      CodedInputStream in = CodedInputStream.newInstance(bytes, from, length);
      while (!in.isAtEnd()) {
        values.add(new Value(number(field.kind().wireType(), in), 0, 0));
      }
    } else {
      throw mismatch(shape, field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }
  }

  private static IOException mismatch(Shape shape, Field field, int wireType) {
    return new IOException("field " + field.number() + " (" + field.name() + ") of " + shape.name()
        + " has wire type " + wireType + ", not " + field.kind().wireType());
  }

  private static long number(int wireType, CodedInputStream in) throws IOException {
    return switch (wireType) {
      case WireFormat.WIRETYPE_FIXED32 -> in.readFixed32();
      case WireFormat.WIRETYPE_FIXED64 -> in.readFixed64();
      default -> in.readRawVarint64();
    };
  }

  private void many(Field field, List<Value> values, int depth) throws IOException {
    json.write('[');
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        json.write(',');
      }
      one(field, values.get(i), depth);
    }
    json.write(']');
  }

  private void map(Field field, List<Value> entries, int depth) throws IOException {
    json.write('{');
    Field key = new Field(1, "key of " + field.name(), Kind.STRING, Count.ONE, null, List.of());
    Field value = field.mapValue();
    Shape shape = Shape.of("an entry of " + field.name(), key, value);
    String separator = "";
    for (Value entry : entries) {
      Map<Field, List<Value>> parts = values(shape, entry.from(), entry.length());
      ascii(separator);
      separator = ",";
      one(key, parts.getOrDefault(key, Value.DEFAULT).getLast(), depth);
      json.write(':');
      one(value, parts.getOrDefault(value, Value.DEFAULT).getLast(), depth);
    }
    json.write('}');
  }

  private void one(Field field, Value value, int depth) throws IOException {
    long number = value.number();
    switch (field.kind()) {
      case MESSAGE -> message(field.message(), value.from(), value.length(), depth - 1);
      case JSON -> raw(field, value);
      case STRING -> text(string(field, value));
      case BYTES -> text(Base64.getEncoder()
          .encodeToString(Arrays.copyOfRange(bytes, value.from(), value.from() + value.length())));
      case DURATION, TIMESTAMP -> moment(field, value);
      case BOOL -> ascii(number == 0 ? "false" : "true");
      case UINT32, FIXED32 -> ascii(Integer.toUnsignedString((int) number));
      case INT32 -> ascii(Integer.toString((int) number));
      case INT64 -> text(Long.toString(number));
      case FIXED64 -> text(Long.toUnsignedString(number));
      case DOUBLE -> real(Double.longBitsToDouble(number));
      case ENUM -> {
        boolean named = number >= 0 && number < field.values().size() && !field.values().get((int) number).isEmpty();
        if (named) {
          text(field.values().get((int) number));
        } else {
          ascii(Integer.toString((int) number));
        }
      }
    }
  }

  private void real(double value) throws IOException {
    if (Double.isFinite(value)) {
      ascii(Double.toString(value));
    } else {
      text(Double.toString(value));
    }
  }

  /* JSON text may be on several lines; outside of strings a new line is a space, and within them there are none. */
  private void raw(Field field, Value value) throws IOException {
    if (value.length() == 0) {
      ascii("null");
      return;
    }
    try {
      JsonCursor.check(bytes, value.from(), value.from() + value.length());
    } catch (MalformedJsonException e) {
      throw new IOException("field " + field.number() + " (" + field.name() + ") is not JSON: " + e.getMessage(), e);
    }
    int from = value.from();
    int end = value.from() + value.length();
    for (int i = from; i < end; i++) {
      if (bytes[i] == '\n') {
        json.write(bytes, from, i - from);
        json.write(' ');
        from = i + 1;
      }
    }
    json.write(bytes, from, end - from);
  }

  private void moment(Field field, Value value) throws IOException {
    long seconds = 0;
    int nanos = 0;
    CodedInputStream in = CodedInputStream.newInstance(bytes, value.from(), value.length());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> seconds = in.readInt64();
        case 2 -> nanos = in.readInt32();
        default -> in.skipField(tag);
      }
    }
    text(field.kind() == Kind.TIMESTAMP
        ? Instant.ofEpochSecond(seconds, nanos).toString()
        : duration(seconds, nanos));
  }

  /* With no, three, six or nine digits of a fraction. */
  private static String duration(long seconds, int nanos) {
    int digits = nanos == 0 ? 0 : nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : 9;
    return BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(nanos, 9)).setScale(digits, RoundingMode.UNNECESSARY)
        .toPlainString() + "s";
  }

  private String string(Field field, Value value) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, value.from(), value.length()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IOException("field " + field.number() + " (" + field.name() + ") is not UTF-8", e);
    }
  }

  private void text(String value) throws IOException {
    json.write(Json.MAPPER.writeValueAsBytes(value));
  }

  private void ascii(String value) throws IOException {
    json.write(value.getBytes(StandardCharsets.US_ASCII));
  }
}
