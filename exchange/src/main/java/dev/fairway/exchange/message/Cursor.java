package dev.fairway.exchange.message;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.nio.ByteBuffer;
import java.util.Base64;

/** A place in a list, as clients see it: a word that means something only to us. */
final class Cursor {
  private Cursor() {}

  static String of(long id) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(ByteBuffer.allocate(8).putLong(id).array());
  }

  static long id(String cursor) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(cursor);
      if (bytes.length == 8) {
        return ByteBuffer.wrap(bytes).getLong();
      }
    } catch (IllegalArgumentException notBase64) {
      throw unknown(notBase64);
    }
    throw unknown(null);
  }

  private static FairwayException unknown(@org.jspecify.annotations.Nullable Throwable cause) {
    return new FairwayException(ErrorCode.INVALID, "cursor is not one this list gave; leave it out to begin anew",
        cause);
  }
}
