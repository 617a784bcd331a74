package dev.fairway.store;

import dev.fairway.core.Codec;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a record down as JSON. A field that older versions did not write is read as null, empty or zero, and one that
 * newer versions write is passed over, so records may grow.
 */
public final class JsonCodec<T> implements Codec<T> {
  private static final JsonMapper JSON = JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  private final Class<T> type;

  private JsonCodec(Class<T> type) {
    this.type = type;
  }

  public static <T> JsonCodec<T> of(Class<T> type) {
    return new JsonCodec<>(type);
  }

  @Override
  public byte[] encode(T value) {
    return JSON.writeValueAsBytes(value);
  }

  @Override
  public T decode(byte[] bytes) {
    try {
      T value = JSON.readValue(bytes, type);
      if (value == null) {
        throw new FairwayException(ErrorCode.INVALID, "a " + type.getSimpleName() + " must not be null");
      }
      return value;
    } catch (JacksonException e) {
      throw new FairwayException(ErrorCode.INVALID,
          "not a " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
    }
  }
}
