package dev.fairway.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.blob.Blob;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import dev.fairway.testing.blob.BlobsContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // the contract opens it before each test
class S3BlobsTest extends BlobsContract {
  @TempDir
  private static Path folder;
  private static BucketServer server;
  private static int buckets;

  private S3Config bucket;
  private S3Blobs blobs;

  @BeforeAll
  static void startServer() throws IOException {
    server = BucketServer.start(folder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  protected Blobs open() throws IOException {
    bucket = server.bucket("blobs-" + ++buckets).under("node");
    blobs = new S3Blobs(bucket, spool());
    return blobs;
  }

  @AfterEach
  void close() {
    blobs.close();
  }

  private static Path spool() {
    return folder.resolve("spool");
  }

  @Override
  protected boolean isEmpty() throws IOException {
    try (var spooled = Files.list(spool())) {
      return spooled.findAny().isEmpty() && server.keys(bucket.bucket()).isEmpty();
    }
  }

  @Test
  void aLargeBlobGoesUpInParts() throws IOException {
    byte[] bytes = new byte[(64 << 20) + 12_345];
    new Random(11).nextBytes(bytes);
    Blob blob = blobs.write(new ByteArrayInputStream(bytes), bytes.length, List.of());
    assertThat(blob.bytes()).isEqualTo(bytes.length);
    try (SeekableByteChannel channel = blobs.open(blob.id()).orElseThrow();
        InputStream in = Channels.newInputStream(channel.position(bytes.length - 20_000L))) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 20_000, bytes.length));
    }
  }

  @Test
  void keysLieUnderThePrefix() throws IOException {
    BlobId id = blobs.write(new ByteArrayInputStream("hello".getBytes(UTF_8)), 5, List.of()).id();
    assertThat(server.keys(bucket.bucket())).containsExactly("node/" + id.hex());
  }

  @Test
  void anotherProcessSeesWhatOneHasWritten() throws IOException {
    BlobId id = blobs.write(new ByteArrayInputStream("hello".getBytes(UTF_8)), 5, List.of()).id();
    try (S3Blobs other = new S3Blobs(bucket, spool())) {
      assertThat(other.find(id)).isPresent();
    }
  }

  @Test
  void aBucketThatIsMissingIsToldAtStart() {
    S3Config missing = new S3Config(bucket.endpoint(), "us-east-1", "no-such-bucket", "", bucket.credentials());
    assertThatThrownBy(() -> new S3Blobs(missing, spool())).isInstanceOfSatisfying(FairwayException.class, e -> {
      assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION);
      assertThat(e).hasMessage("bucket no-such-bucket does not exist; make it, or correct its name");
    });
  }

  @Test
  void aWrongSecretIsToldAtStartAndNotRepeated() {
    S3Config wrong = new S3Config(bucket.endpoint(), "us-east-1", bucket.bucket(), "",
        Optional.of(new S3Config.Credentials("local-identity", new Secret("guessed"))));
    assertThatThrownBy(() -> new S3Blobs(wrong, spool())).isInstanceOfSatisfying(FairwayException.class, e -> {
      assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION);
      assertThat(e).hasMessageContaining("refuses us").hasMessageNotContaining("guessed");
    });
  }

  @Test
  void aServiceThatIsDownIsSaidByEachCallAndNotByTheStart() {
    S3Config down = new S3Config(Optional.of(URI.create("http://127.0.0.1:1")), "us-east-1", "bucket", "",
        bucket.credentials());
    try (S3Blobs unreachable = new S3Blobs(down, spool())) {
      assertThatThrownBy(() -> unreachable.write(new ByteArrayInputStream(new byte[1]), 1, List.of()))
          .isInstanceOfSatisfying(FairwayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_DOWN));
    }
  }
}
