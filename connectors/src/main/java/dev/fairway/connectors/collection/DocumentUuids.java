package dev.fairway.connectors.collection;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Names for documents: UUIDs of version 1 (RFC 9562, section 5.1), rising in the order they are given. The time is that of
 * the clock when {@link #tick} was called last, plus a tenth of a microsecond per name. Belongs to one thread.
 */
public final class DocumentUuids {
  /* From 1582-10-15 to 1970-01-01, in units of 100 ns. */
  private static final long GREGORIAN = 0x01b21dd213814000L;
  private static final long TICKS = 10_000_000;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Clock clock;
  private final long low;
  private final byte[] text = new byte[36];
  private long time;

  public DocumentUuids(Clock clock) {
    this.clock = clock;
    SecureRandom random = new SecureRandom();
    // A random node has its multicast bit set, so that it is no network card's (RFC 9562, section 6.10).
    long node = (random.nextLong() & 0xffffffffffffL) | 0x010000000000L;
    // The clock sequence is zero: Flow's connectors read a message's flags from it, and a document has none.
    low = 0x8000000000000000L | node;
    tick();
  }

  /** The name of a document that has one of these; empty when it has another, or none. */
  public static Optional<UUID> of(JsonNode document) {
    try {
      return Optional.of(UUID.fromString(document.path("_meta").path("uuid").asString("")))
          .filter(uuid -> uuid.version() == 1);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** When a name was given. */
  public static Instant time(UUID uuid) {
    long ticks = uuid.timestamp() - GREGORIAN;
    return Instant.ofEpochSecond(Math.floorDiv(ticks, TICKS), Math.floorMod(ticks, TICKS) * 100);
  }

  /** Looks at the clock; names never go back even when it does. */
  public void tick() {
    Instant now = clock.instant();
    time = Math.max(time, now.getEpochSecond() * TICKS + now.getNano() / 100 + GREGORIAN);
  }

  /** The next name; the array is used again. */
  byte[] next() {
    time++;
    long high = (time << 32) | ((time & 0xffff00000000L) >>> 16) | 0x1000L | ((time >>> 48) & 0xfffL);
    hex(high >>> 32, 0, 8);
    text[8] = '-';
    hex(high >>> 16, 9, 4);
    text[13] = '-';
    hex(high, 14, 4);
    text[18] = '-';
    hex(low >>> 48, 19, 4);
    text[23] = '-';
    hex(low, 24, 12);
    return text;
  }

  private void hex(long value, int at, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
      text[at + i] = HEX[(int) (value >>> (4 * (digits - 1 - i))) & 0xf];
    }
  }
}
