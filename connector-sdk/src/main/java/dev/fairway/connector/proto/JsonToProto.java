package dev.fairway.connector.proto;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.JsonStrings;
import dev.fairway.connector.json.MalformedJsonException;
import dev.fairway.connector.proto.Shape.Count;
import dev.fairway.connector.proto.Shape.Field;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;

/**
 * Writes messages that are given as JSON, with the names that protocol buffers have in JSON. Members that the table does
 * not know are left out, and so are defaults. Belongs to one thread.
 */
final class JsonToProto {
  private static final int PART = 256;

  private final JsonCursor cursor = new JsonCursor();
  private byte[] json = {};

  /** @throws ProtocolException when the text is no such message */
  byte[] translate(Shape shape, byte[] text, int from, int to) {
    json = text;
    try {
      cursor.reset(text, from, to);
      byte[] message = object(shape);
      cursor.expectEnd();
      return message;
    } catch (MalformedJsonException | NumberFormatException | DateTimeException e) {
      throw new ProtocolException("cannot be written as " + shape.name() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot be written to", e);
    }
  }

  private byte[] object(Shape shape) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(PART);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes, PART);
    object(shape, out);
    out.flush();
    return bytes.toByteArray();
  }

  private void object(Shape shape, CodedOutputStream out) throws IOException {
    cursor.enterObject();
    while (cursor.nextMember()) {
      Field field = shape.field(cursor.key());
      if (field == null || (cursor.peek() == 'n' && field.kind() != Kind.JSON)) {
        cursor.skipValue();
      } else {
        member(field, out);
      }
    }
  }

  private void member(Field field, CodedOutputStream out) throws IOException {
    switch (field.count()) {
      case ONE -> value(field, out);
      case MANY -> {
        cursor.enterArray();
        if (field.kind() == Kind.ENUM) {
          packed(field, out);
        } else {
          while (cursor.nextElement()) {
            value(field, out);
          }
        }
      }
      case MAP -> {
        cursor.enterObject();
        while (cursor.nextMember()) {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream(PART);
          CodedOutputStream entry = CodedOutputStream.newInstance(bytes, PART);
          entry.writeByteArray(1, cursor.key().getBytes(StandardCharsets.UTF_8));
          value(field.mapValue(), entry);
          entry.flush();
          out.writeByteArray(field.number(), bytes.toByteArray());
        }
      }
    }
  }

  /* Numbers that are repeated travel together, under one tag. */
  private void packed(Field field, CodedOutputStream out) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(PART);
    CodedOutputStream numbers = CodedOutputStream.newInstance(bytes, PART);
    while (cursor.nextElement()) {
      numbers.writeInt32NoTag(number(field, scalar()));
    }
    numbers.flush();
    if (bytes.size() > 0) {
      out.writeByteArray(field.number(), bytes.toByteArray());
    }
  }

  private void value(Field field, CodedOutputStream out) throws IOException {
    int number = field.number();
    switch (field.kind()) {
      case MESSAGE -> out.writeByteArray(number, object(field.message()));
      case JSON -> {
        int from = cursor.position();
        int length = cursor.skipValue() - from;
        out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(length);
        out.write(json, from, length);
      }
      default -> scalar(field, scalar(), out);
    }
  }

  private static void scalar(Field field, String text, CodedOutputStream out) throws IOException {
    int number = field.number();
    boolean always = field.count() == Count.MANY;
    switch (field.kind()) {
      case STRING -> bytes(number, text.getBytes(StandardCharsets.UTF_8), always, out);
      case BYTES -> bytes(number, base64(field, text), always, out);
      case BOOL -> {
        if (text.equals("true")) {
          out.writeBool(number, true);
        }
      }
      case DOUBLE -> {
        double value = Double.parseDouble(text);
        if (Double.doubleToRawLongBits(value) != 0) {
          out.writeDouble(number, value);
        }
      }
      case DURATION -> {
        BigDecimal seconds = new BigDecimal(text.endsWith("s") ? text.substring(0, text.length() - 1) : text);
        BigDecimal nanos = seconds.remainder(BigDecimal.ONE).movePointRight(9);
        moment(number, seconds.longValue(), nanos.intValue(), out);
      }
      case TIMESTAMP -> {
        Instant instant = OffsetDateTime.parse(text).toInstant();
        moment(number, instant.getEpochSecond(), instant.getNano(), out);
      }
      case ENUM -> {
        int value = number(field, text);
        if (value != 0) {
          out.writeInt32(number, value);
        }
      }
      default -> integer(field, new BigInteger(text), out);
    }
  }

  private static void integer(Field field, BigInteger value, CodedOutputStream out) throws IOException {
    int bits = field.kind() == Kind.INT64 || field.kind() == Kind.FIXED64 ? 64 : 32;
    boolean signed = field.kind() == Kind.INT64 || field.kind() == Kind.INT32;
    if (signed ? value.bitLength() >= bits : value.signum() < 0 || value.bitLength() > bits) {
      throw new NumberFormatException(field.name() + " is " + value + ", which does not fit into " + bits + " bits");
    }
    if (value.signum() == 0) {
      return;
    }
    switch (field.kind()) {
      case UINT32 -> out.writeUInt32(field.number(), value.intValue());
      case INT32 -> out.writeInt32(field.number(), value.intValue());
      case FIXED32 -> out.writeFixed32(field.number(), value.intValue());
      case INT64 -> out.writeInt64(field.number(), value.longValue());
      default -> out.writeFixed64(field.number(), value.longValue());
    }
  }

  private static void bytes(int number, byte[] value, boolean always, CodedOutputStream out) throws IOException {
    if (always || value.length > 0) {
      out.writeByteArray(number, value);
    }
  }

  private static void moment(int number, long seconds, int nanos, CodedOutputStream out) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(PART);
    CodedOutputStream part = CodedOutputStream.newInstance(bytes, PART);
    if (seconds != 0) {
      part.writeInt64(1, seconds);
    }
    if (nanos != 0) {
      part.writeInt32(2, nanos);
    }
    part.flush();
    out.writeByteArray(number, bytes.toByteArray());
  }

  private static byte[] base64(Field field, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new NumberFormatException(field.name() + " is not base64: " + e.getMessage());
    }
  }

  private static int number(Field field, String text) {
    if (text.isEmpty()) {
      return 0;
    }
    int named = field.values().indexOf(text);
    if (named < 0 && !Character.isDigit(text.charAt(0))) {
      throw new NumberFormatException(field.name() + " is \"" + text + "\"; there are "
          + field.values().stream().filter(name -> !name.isEmpty()).toList());
    }
    return named >= 0 ? named : Integer.parseInt(text);
  }

  /** The value under the cursor, without quotes. */
  private String scalar() {
    int from = cursor.position();
    boolean quoted = cursor.peek() == '"';
    int to = cursor.skipValue();
    return quoted
        ? JsonStrings.unescape(json, from + 1, to - 1)
        : new String(json, from, to - from, StandardCharsets.UTF_8);
  }
}
