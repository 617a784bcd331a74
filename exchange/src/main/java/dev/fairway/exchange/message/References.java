package dev.fairway.exchange.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Makes references for messages whose sender gave none. */
public final class References {
  /** Names of things that came in under a key or an id of somebody else's; a random UUID, fixed for ever. */
  private static final UUID NAMESPACE = UUID.fromString("6b1f2c6e-6d5b-4f0e-9a57-6a2f1f3c9d10");

  private References() {}

  /**
   * A new UUID, version 7 (RFC 9562): ordered by time, so that the newest references lie together in the index. A
   * reference is no secret; nothing may be had by guessing one.
   */
  static String fresh(Instant now) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high = (now.toEpochMilli() << 16) | 0x7000L | random.nextInt(0x1000);
    long low = (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  /** The same reference for the same caller and key, whenever it is asked. */
  static String ofKey(String caller, String key) {
    return named("key\n" + caller + "\n" + key);
  }

  /** The same reference for the same message of a channel, whenever it is asked; on every node that names it alike. */
  public static String ofChannelMessage(String channel, String id) {
    return named("channel\n" + channel + "\n" + id);
  }

  /** UUID version 5 (RFC 9562): SHA-1 of a namespace and a name. */
  private static String named(String name) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(ByteBuffer.allocate(16).putLong(NAMESPACE.getMostSignificantBits())
          .putLong(NAMESPACE.getLeastSignificantBits()).flip());
      ByteBuffer hash = ByteBuffer.wrap(sha1.digest(name.getBytes(StandardCharsets.UTF_8)));
      long high = (hash.getLong() & ~0xf000L) | 0x5000L;
      long low = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
      return new UUID(high, low).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
