package dev.fairway.datatrust.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.Secret;
import dev.fairway.testing.TestClock;
import dev.fairway.testing.blob.MemoryBlobs;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SealedObjectsPropertyTest {
  private final SealedObjects objects = new SealedObjects(new MemoryBlobs(new TestClock(Instant.EPOCH)),
      new Secret("a key"));

  @Property(tries = 60)
  void anyPartOfAnObjectIsWhatWasWritten(@ForAll @IntRange(max = 200_000) int size,
      @ForAll @IntRange(max = 200_000) int at,
      @ForAll long seed) throws Exception {
    byte[] plain = new byte[size];
    new Random(seed).nextBytes(plain);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    SealedObject object = objects.write(new ByteArrayInputStream(plain), 200_000, List.of(digest));
    assertThat(object.size()).isEqualTo(size);
    assertThat(digest.digest()).isEqualTo(MessageDigest.getInstance("SHA-256").digest(plain));
    int from = Math.min(at, size);
    try (SeekableByteChannel channel = objects.open(object).orElseThrow()) {
      channel.position(from);
      ByteBuffer rest = ByteBuffer.allocate(size - from);
      while (rest.hasRemaining() && channel.read(rest) >= 0) {
        // Reads until all is there.
      }
      assertThat(rest.array()).isEqualTo(Arrays.copyOfRange(plain, from, size));
      assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @Property(tries = 30)
  void oneByteTooManyIsRefused(@ForAll @IntRange(min = 1, max = 140_000) int size) {
    assertThatThrownBy(() -> objects.write(new ByteArrayInputStream(new byte[size]), size - 1L, List.of()))
        .hasMessageContaining("more than");
  }

  @Property(tries = 20)
  void anotherKeyOpensNothing(@ForAll @IntRange(max = 70_000) int size) throws Exception {
    SealedObject object = objects.write(new ByteArrayInputStream(new byte[size]), 70_000, List.of());
    SealedObjects others = new SealedObjects(objects.blobs(), new Secret("another key"));
    assertThatThrownBy(() -> others.open(object)).hasMessageContaining("sealing key is not the one");
  }
}
