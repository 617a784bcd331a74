package dev.fairway.testing.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.Blob;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every home of {@link Blobs} promises. */
public abstract class BlobsContract {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);
  private static final BlobId HELLO_ID = new BlobId("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  private static final long LIMIT = 10_000_000;

  private Blobs blobs;

  /** A home without blobs; called once for each test. */
  protected abstract Blobs open() throws IOException;

  /** Whether nothing at all is left of writes that failed. */
  protected abstract boolean isEmpty() throws IOException;

  @BeforeEach
  void openBlobs() throws IOException {
    blobs = open();
  }

  @Test
  void bytesComeBackUnderTheirHash() throws IOException {
    Blob blob = blobs.write(new ByteArrayInputStream(HELLO), LIMIT, List.of());
    assertThat(blob).isEqualTo(new Blob(HELLO_ID, 5, Map.of()));
    assertThat(read(HELLO_ID)).isEqualTo(HELLO);
    assertThat(blobs.find(HELLO_ID)).contains(new Blob(HELLO_ID, 5, Map.of()));
  }

  @Test
  void noBytesAreBytesToo() throws IOException {
    Blob blob = blobs.write(InputStream.nullInputStream(), 0, List.of());
    assertThat(blob.bytes()).isZero();
    assertThat(read(blob.id())).isEmpty();
  }

  @Test
  void largeBytesComeBackWhole() throws Exception {
    byte[] bytes = new byte[3_000_017];
    new Random(7).nextBytes(bytes);
    Blob blob = blobs.write(new ByteArrayInputStream(bytes), bytes.length, List.of(MessageDigest.getInstance("MD5"),
        MessageDigest.getInstance("SHA-512")));
    assertThat(read(blob.id())).isEqualTo(bytes);
    assertThat(blob.digests()).containsEntry("md5", hex("MD5", bytes)).containsEntry("sha-512", hex("SHA-512", bytes))
        .hasSize(2);
    assertThat(blob.id().hex()).isEqualTo(hex("SHA-256", bytes));
  }

  @Test
  void rangesAreReadBySeeking() throws IOException {
    blobs.write(new ByteArrayInputStream(HELLO), LIMIT, List.of());
    try (SeekableByteChannel channel = blobs.open(HELLO_ID).orElseThrow()) {
      assertThat(channel.size()).isEqualTo(5);
      ByteBuffer two = ByteBuffer.allocate(2);
      channel.position(3);
      assertThat(channel.read(two)).isEqualTo(2);
      assertThat(new String(two.array(), UTF_8)).isEqualTo("lo");
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Test
  void theSameBytesAreStoredOnce() throws IOException {
    assertThat(blobs.write(new ByteArrayInputStream(HELLO), LIMIT, List.of()))
        .isEqualTo(blobs.write(new ByteArrayInputStream(HELLO), LIMIT, List.of()));
    assertThat(blobs.delete(HELLO_ID)).isTrue();
    assertThat(blobs.find(HELLO_ID)).isEmpty();
    assertThat(blobs.delete(HELLO_ID)).isFalse();
  }

  @Test
  void whatIsNotThereIsEmpty() throws IOException {
    assertThat(blobs.find(HELLO_ID)).isEmpty();
    assertThat(blobs.open(HELLO_ID)).isEmpty();
  }

  @Test
  void exactlyTheLimitIsTakenAndOneMoreIsNot() throws IOException {
    blobs.write(new ByteArrayInputStream(HELLO), 5, List.of());
    blobs.delete(HELLO_ID);
    assertThatThrownBy(() -> blobs.write(new ByteArrayInputStream(HELLO), 4, List.of()))
        .isInstanceOfSatisfying(FairwayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE));
    assertThat(isEmpty()).isTrue();
  }

  @Test
  void aSourceThatBreaksLeavesNothingBehind() throws IOException {
    InputStream cut = new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("cable cut");
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        throw new IOException("cable cut");
      }
    };
    InputStream breaking = new SequenceInputStream(new ByteArrayInputStream(new byte[1_000_000]), cut);
    assertThatThrownBy(() -> blobs.write(breaking, LIMIT, List.of())).isInstanceOf(IOException.class)
        .hasMessage("cable cut");
    assertThat(isEmpty()).isTrue();
  }

  @Test
  void bytesWithAnotherHashThanExpectedAreNotKept() throws IOException {
    assertThatThrownBy(() -> blobs.writeExpecting(HELLO_ID, new ByteArrayInputStream("hullo".getBytes(UTF_8)), LIMIT))
        .isInstanceOfSatisfying(FairwayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PEER_LIED));
    assertThat(isEmpty()).isTrue();
    assertThat(blobs.writeExpecting(HELLO_ID, new ByteArrayInputStream(HELLO), LIMIT).id()).isEqualTo(HELLO_ID);
    assertThat(read(HELLO_ID)).isEqualTo(HELLO);
  }

  @Test
  void onlyOldBlobsThatNobodyNeedsAreCollected() throws IOException {
    Blob needed = blobs.write(new ByteArrayInputStream("needed".getBytes(UTF_8)), LIMIT, List.of());
    Blob orphan = blobs.write(new ByteArrayInputStream("orphan".getBytes(UTF_8)), LIMIT, List.of());
    assertThat(blobs.collect(Instant.EPOCH, id -> false)).isZero();
    assertThat(blobs.collect(Instant.parse("9999-01-01T00:00:00Z"), id -> id.equals(needed.id()))).isEqualTo(1);
    assertThat(blobs.find(needed.id())).isPresent();
    assertThat(blobs.find(orphan.id())).isEmpty();
  }

  @Test
  void manyWritersOfTheSameAndOfOtherBytesDoNotDisturbEachOther() throws Exception {
    List<Future<Blob>> writes = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        byte[] bytes = ("blob " + i % 4).repeat(10_000).getBytes(UTF_8);
        writes.add(executor.submit(() -> blobs.write(new ByteArrayInputStream(bytes), LIMIT, List.of())));
      }
      for (int i = 0; i < 40; i++) {
        Blob blob = writes.get(i).get(60, TimeUnit.SECONDS);
        assertThat(read(blob.id())).isEqualTo(("blob " + i % 4).repeat(10_000).getBytes(UTF_8));
      }
    }
  }

  private byte[] read(BlobId id) throws IOException {
    try (SeekableByteChannel channel = blobs.open(id).orElseThrow();
        InputStream in = Channels.newInputStream(channel)) {
      return in.readAllBytes();
    }
  }

  private static String hex(String algorithm, byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
  }
}
