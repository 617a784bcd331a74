package dev.fairway.exchange.moving;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** The buckets of an older node. Nothing in them is changed. */
public interface OldObjects {
  /** Every object of a bucket in the order of keys; to be closed. None when there is no such bucket. */
  Stream<OldObject> list(String bucket) throws IOException;

  Optional<OldObject> find(String bucket, String key) throws IOException;

  /**
   * One object.
   *
   * @param modified when it was last written, as far as its home tells
   */
  record OldObject(String key, Instant modified, Bytes bytes) {
    /** The largest object that is read whole: a message, a subscription. */
    private static final int LARGEST = 64 << 10;

    /**
     * All of it.
     *
     * @throws LeftOut when it is larger than any of its kind can be
     */
    byte[] whole() throws IOException, LeftOut {
      try (InputStream in = bytes.open()) {
        byte[] all = in.readNBytes(LARGEST + 1);
        if (all.length > LARGEST) {
          throw new LeftOut("is larger than " + LARGEST + " bytes");
        }
        return all;
      }
    }
  }

  /** The content of an object. */
  @FunctionalInterface
  interface Bytes {
    InputStream open() throws IOException;
  }
}
