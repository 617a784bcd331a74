package dev.fairway.datatrust.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.Secret;
import dev.fairway.testing.TestClock;
import dev.fairway.testing.blob.MemoryBlobs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Data encrypted to one recipient: opened by that one for that purpose, in parts too, and by nobody else. */
class EnvelopePropertyTest {
  private static final byte[] PURPOSE = {1, 2, 3};

  @Property(tries = 40, seed = "7")
  void isOpenedByItsRecipientForItsPurposeAlone(@ForAll @IntRange(min = 0, max = 4) int chunks,
      @ForAll @IntRange(min = -2, max = 2) int more, @ForAll @IntRange(min = 0, max = 300_000) int part)
      throws IOException {
    byte[] data = new byte[Math.max(1, chunks * Chunks.PLAIN + more)];
    new Random(part).nextBytes(data);
    SealedObjects objects = new SealedObjects(new MemoryBlobs(new TestClock(Instant.EPOCH)), new Secret("of ours"));
    SealedObject object = objects.write(new ByteArrayInputStream(data), data.length, List.of());
    Envelope.Opener opener = new Envelope.Opener();

    byte[] envelope = read(objects, object, opener.recipient(), 0);
    assertThat(open(opener, envelope, PURPOSE)).isEqualTo(data);
    int from = part % envelope.length;
    assertThat(read(objects, object, opener.recipient(), from)).as("the rest of a broken download")
        .isEqualTo(Arrays.copyOfRange(envelope, from, envelope.length));

    assertThatThrownBy(() -> open(opener, envelope, new byte[]{9})).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> open(new Envelope.Opener(), envelope, PURPOSE)).isInstanceOf(IOException.class);
    byte[] changed = envelope.clone();
    changed[from] ^= 1;
    assertThatThrownBy(() -> open(opener, changed, PURPOSE)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> open(opener, Arrays.copyOf(envelope, from), PURPOSE)).isInstanceOf(IOException.class);
  }

  private static byte[] read(SealedObjects objects, SealedObject object, Recipient to, long from) throws IOException {
    try (SeekableByteChannel channel = objects.envelope(object, objects.open(object).orElseThrow(), to, PURPOSE)) {
      ByteBuffer rest = ByteBuffer.allocate(Math.toIntExact(channel.size() - from));
      channel.position(from);
      while (rest.hasRemaining()) {
        assertThat(channel.read(rest)).isPositive();
      }
      assertThat(channel.read(ByteBuffer.allocate(1))).isNegative();
      return rest.array();
    }
  }

  private static byte[] open(Envelope.Opener opener, byte[] envelope, byte[] purpose) throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    opener.open(new ByteArrayInputStream(envelope), purpose, plain);
    return plain.toByteArray();
  }
}
