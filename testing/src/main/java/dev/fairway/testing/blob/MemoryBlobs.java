package dev.fairway.testing.blob;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.Blob;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Keeps what {@link BlobsContract} promises, in memory. */
public final class MemoryBlobs implements Blobs {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Kept(byte[] bytes, Instant at) {}

  private final Map<BlobId, Kept> kept = new ConcurrentHashMap<>();
  private final Clock clock;

  public MemoryBlobs(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Blob write(InputStream bytes, long limit, List<MessageDigest> digests) throws IOException {
    byte[] all = take(bytes, limit);
    Map<String, String> further = new HashMap<>();
    digests.forEach(digest -> further.put(digest.getAlgorithm().toLowerCase(Locale.ROOT),
        HexFormat.of().formatHex(digest.digest(all))));
    BlobId id = id(all);
    kept.put(id, new Kept(all, clock.instant()));
    return new Blob(id, all.length, further);
  }

  @Override
  public Blob writeExpecting(BlobId expected, InputStream bytes, long limit) throws IOException {
    byte[] all = take(bytes, limit);
    if (!id(all).equals(expected)) {
      throw new FairwayException(ErrorCode.PEER_LIED, "expected " + expected + ", got " + id(all));
    }
    kept.put(expected, new Kept(all, clock.instant()));
    return new Blob(expected, all.length, Map.of());
  }

  private static byte[] take(InputStream bytes, long limit) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8_192];
    for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
      all.write(buffer, 0, n);
      if (all.size() > limit) {
        throw new FairwayException(ErrorCode.TOO_LARGE, "more than " + limit + " bytes");
      }
    }
    return all.toByteArray();
  }

  private static BlobId id(byte[] bytes) {
    try {
      return BlobId.of(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Optional<SeekableByteChannel> open(BlobId id) {
    return Optional.ofNullable(kept.get(id)).map(one -> new Reading(ByteBuffer.wrap(one.bytes)));
  }

  @Override
  public Optional<Blob> find(BlobId id) {
    return Optional.ofNullable(kept.get(id)).map(one -> new Blob(id, one.bytes.length, Map.of()));
  }

  @Override
  public boolean delete(BlobId id) {
    return kept.remove(id) != null;
  }

  @Override
  public int collect(Instant before, Predicate<BlobId> needed) {
    int was = kept.size();
    kept.entrySet().removeIf(entry -> entry.getValue().at.isBefore(before) && !needed.test(entry.getKey()));
    return was - kept.size();
  }

  private static final class Reading implements SeekableByteChannel {
    private final ByteBuffer bytes;
    private boolean closed;

    Reading(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      if (closed) {
        throw new ClosedChannelException();
      }
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int length = Math.min(bytes.remaining(), target.remaining());
      target.put(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
      return length;
    }

    @Override
    public int write(ByteBuffer source) {
      throw new NonWritableChannelException();
    }

    @Override
    public long position() {
      return bytes.position();
    }

    @Override
    public SeekableByteChannel position(long position) {
      bytes.position((int) Math.min(position, bytes.limit()));
      return this;
    }

    @Override
    public long size() {
      return bytes.limit();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
      return !closed;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
