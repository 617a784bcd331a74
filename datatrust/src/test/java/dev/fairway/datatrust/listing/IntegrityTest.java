package dev.fairway.datatrust.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Secret;
import dev.fairway.datatrust.object.KeccakDigest;
import dev.fairway.datatrust.object.SealedObject;
import dev.fairway.datatrust.object.SealedObjects;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import dev.fairway.store.blob.DiskBlobs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which hashes on the chain are believed to be those of stored data. */
class IntegrityTest {
  private static final Hash WHOLE = new Hash("0x516219a7eb5ba0a54a5a3589ee29420033eb6f312a8a91dcb300baeeaf71bb1b");
  private static final Hash LAST_BLOCK = new Hash("0xae19ddd5638554399935db204a2b426e8c139cfea7fe75fcbbfe1c32764130fa");
  @TempDir
  private Path folder;
  private SealedObjects objects;

  @BeforeEach
  void open() {
    objects = new SealedObjects(new DiskBlobs(folder), new Secret("a secret"));
  }

  private Upload upload(byte[] bytes) throws IOException {
    KeccakDigest keccak = new KeccakDigest();
    SealedObject object = objects.write(new ByteArrayInputStream(bytes), 10 << 20, List.of(keccak));
    return new Upload(WHOLE, new Address("0x" + "1".repeat(40)),
        new Upload.Description("0x", "title", "", "MIT", "text/csv", Optional.empty(), "file"), object,
        new Upload.Digests("", "", Hash.of(keccak.digest())), new UUID(0, 0), Instant.EPOCH);
  }

  /* All bytes in turn, 4096 times, and four more: the last block of a MiB is those four. */
  private static byte[] overAMebibyte() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < 1 << 20; i++) {
      bytes.write(i);
    }
    bytes.writeBytes("tail".getBytes(StandardCharsets.US_ASCII));
    return bytes.toByteArray();
  }

  @Test
  void hashOfTheWholeIsBelieved() throws IOException {
    Upload upload = upload(overAMebibyte());
    Integrity strict = new Integrity(objects, false);
    assertThat(upload.digests().data()).isEqualTo(WHOLE);
    assertThat(strict.matches(upload, Optional.of(WHOLE))).isTrue();
    assertThat(strict.matches(upload, Optional.of(LAST_BLOCK))).isFalse();
    assertThat(strict.matches(upload, Optional.empty())).isFalse();
  }

  @Test
  void hashOfTheLastBlockIsComputedAndBelievedWhereItIsAllowed() throws IOException {
    Upload upload = upload(overAMebibyte());
    Integrity lenient = new Integrity(objects, true);
    assertThat(lenient.matches(upload, Optional.of(LAST_BLOCK))).isTrue();
    assertThat(lenient.matches(upload, Optional.of(WHOLE))).isTrue();
    assertThat(lenient.matches(upload, Optional.of(Keccak.hash("something else")))).as("compared, not skipped")
        .isFalse();
    assertThat(lenient.matches(upload, Optional.empty())).isFalse();
    assertThat(lenient.check(upload, Optional.of(LAST_BLOCK)).ok()).isTrue();
  }

  @Test
  void lastBlockOfWholeMebibytesIsAMebibyte() throws IOException {
    byte[] two = Arrays.copyOf(overAMebibyte(), 2 << 20);
    Hash last = Hash.of(Keccak.hash(Arrays.copyOfRange(two, 1 << 20, 2 << 20)));
    assertThat(new Integrity(objects, true).matches(upload(two), Optional.of(last))).isTrue();
  }

  @Test
  void dataThatChangedAreNotWhatWasUploaded() throws IOException {
    Upload upload = upload("a pony".getBytes(StandardCharsets.US_ASCII));
    Upload other = upload("a duck".getBytes(StandardCharsets.US_ASCII));
    Upload swapped = new Upload(upload.listing(), upload.owner(), upload.description(), other.object(),
        upload.digests(), upload.task(), upload.uploadedAt());
    Integrity.Checked checked = new Integrity(objects, false).check(swapped, Optional.of(upload.digests().data()));
    assertThat(checked.matchesUpload()).isFalse();
    assertThat(checked.ok()).isFalse();
  }
}
