package dev.fairway.core;

/**
 * Turns values into bytes and back. {@code decode(encode(v))} equals {@code v}; a decoder also reads what older versions
 * of the same program wrote. Safe for many threads.
 *
 * @param <T> the values
 */
public interface Codec<T> {
  byte[] encode(T value);

  /** @throws FairwayException with {@link ErrorCode#INVALID} when the bytes are not such a value */
  T decode(byte[] bytes);
}
