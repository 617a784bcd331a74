package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.ValueNode;

/**
 * Reads and writes JSON (RFC 8259), with limits on what comes from outside: nesting {@value #DEPTH}, numbers of
 * {@value #NUMBER} characters and an exponent of {@value #EXPONENT}, names of {@value #NAME}, no name twice in an object, nothing after the value, UTF-8 only.
 * Safe for many threads.
 */
public final class Json {
  public static final int DEPTH = 100;
  public static final int NUMBER = 100;
  public static final int NAME = 1_000;
  public static final int EXPONENT = 1_000;

  private static final JsonMapper MAPPER = JsonMapper
      .builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH).maxNumberLength(NUMBER)
              .maxNameLength(NAME).maxStringLength(64 << 20).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build())
      .nodeFactory(new BoundedNumbers()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
      .build();

  /**
   * Refuses decimal numbers with an exponent that makes them cheap to write and ruinous to compute with.
   */
  private static final class BoundedNumbers extends JsonNodeFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public ValueNode numberNode(@Nullable BigDecimal value) {
      if (value != null && Math.abs((long) value.scale()) > EXPONENT) {
        throw new StreamConstraintsException("a number's exponent is beyond " + EXPONENT);
      }
      return super.numberNode(value);
    }
  }

  private Json() {}

  /** The mapper itself, for a room that streams tokens under the same limits. */
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /** @throws FairwayException with {@code INVALID} when the bytes are not one JSON value within the limits */
  public static JsonNode parse(byte[] bytes) {
    checkUtf8(bytes);
    try {
      return present(MAPPER.readTree(bytes));
    } catch (JacksonException e) {
      throw refused(e);
    } catch (NumberFormatException e) {
      throw number(e);
    }
  }

  /** @throws FairwayException with {@code INVALID} when the text is not one JSON value within the limits */
  public static JsonNode parse(String text) {
    try {
      return present(MAPPER.readTree(text));
    } catch (JacksonException e) {
      throw refused(e);
    } catch (NumberFormatException e) {
      throw number(e);
    }
  }

  private static JsonNode present(JsonNode node) {
    if (node.isMissingNode()) {
      throw new FairwayException(ErrorCode.INVALID, "there is no JSON value; the text is empty");
    }
    return node;
  }

  private static FairwayException number(NumberFormatException e) {
    return new FairwayException(ErrorCode.INVALID, "the JSON is beyond a limit: a number cannot be represented", e);
  }

  /**
   * Reads a record; a field it does not have is refused.
   *
   * @throws FairwayException with {@code INVALID} when the bytes are not such a value; the message names the field
   */
  public static <T> T read(byte[] bytes, Class<T> type) {
    checkUtf8(bytes);
    try {
      T value = MAPPER.readValue(bytes, type);
      if (value == null) {
        throw new FairwayException(ErrorCode.INVALID, "the body is null; send a JSON object");
      }
      return value;
    } catch (JacksonException e) {
      throw refused(e);
    } catch (NumberFormatException e) {
      throw number(e);
    }
  }

  public static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  public static String text(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  private static FairwayException refused(JacksonException e) {
    if (e instanceof StreamConstraintsException) {
      return new FairwayException(ErrorCode.INVALID, "the JSON is beyond a limit: " + firstLine(e), e);
    }
    if (e instanceof DatabindException) {
      return new FairwayException(ErrorCode.INVALID,
          "the JSON does not fit: " + firstLine(e) + (e.getPath().isEmpty() ? "" : " at " + e.getPathReference()), e);
    }
    return new FairwayException(ErrorCode.INVALID, "malformed JSON: " + firstLine(e) + at(e), e);
  }

  private static String at(JacksonException e) {
    return e.getLocation() == null || e.getLocation().getLineNr() < 1
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  private static String firstLine(JacksonException e) {
    String text = e.getOriginalMessage();
    int end = text == null ? -1 : text.indexOf('\n');
    return text == null ? "unreadable" : end < 0 ? text : text.substring(0, end);
  }

  private static void checkUtf8(byte[] bytes) {
    // One pass without a branch, which the compiler vectorises: nearly all bodies are plain ASCII and end here.
    int signs = 0;
    int zeros = 0;
    for (byte b : bytes) {
      signs |= b;
      zeros |= (b - 1) & ~b;
    }
    // A zero byte is never legal, and would make the parser guess at UTF-16.
    if (zeros < 0) {
      throw new FairwayException(ErrorCode.INVALID, "the body holds a zero byte; JSON is UTF-8 text");
    }
    if (signs < 0) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException e) {
        throw new FairwayException(ErrorCode.INVALID, "the body is not UTF-8", e);
      }
    }
  }
}
