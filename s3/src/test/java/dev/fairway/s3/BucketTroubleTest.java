package dev.fairway.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.BlobId;
import dev.fairway.s3.FaultyBucket.Weather;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bucket that fails in every way buckets do, and what is then said of it. */
class BucketTroubleTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir
  private Path spool;
  private final FaultyBucket bucket = FaultyBucket.start();

  @AfterEach
  void close() {
    bucket.close();
  }

  private S3Blobs open() {
    return new S3Blobs(bucket.config(), spool, Duration.ofMillis(500));
  }

  private static BlobId write(S3Blobs blobs, String text) throws IOException {
    return blobs.write(new ByteArrayInputStream(text.getBytes(UTF_8)), 1_000, List.of()).id();
  }

  private static String read(S3Blobs blobs, BlobId id) throws IOException {
    try (InputStream in = Channels.newInputStream(blobs.open(id).orElseThrow())) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({"FULL, DISK_FULL, has no space left; nothing was kept",
      "QUOTA, DISK_FULL, has no space left; nothing was kept",
      "FORBIDDEN, STORE_DOWN, refuses us; check the access key",
      "ELSEWHERE, STORE_DOWN, set store.bucket.region to ap-southeast-2",
      "DOWN, STORE_DOWN, does not take or give blobs",
      "SLOW, STORE_DOWN, does not take or give blobs"})
  void whatFailsIsSaidAndNothingThatWasKeptIsLostAndItGoesOnWithoutARestart(Weather weather, ErrorCode code,
      String said)
      throws IOException {
    try (S3Blobs blobs = open()) {
      BlobId before = write(blobs, "before");
      assertThat(blobs.trouble()).isEmpty();
      bucket.weather(weather);
      assertThatThrownBy(() -> write(blobs, "refused")).isInstanceOfSatisfying(FairwayException.class, e -> {
        assertThat(e.code()).isEqualTo(code);
        assertThat(e).hasMessageContaining("bucket harbour").hasMessageContaining(said)
            .hasMessageNotContaining("a secret");
      });
      await().atMost(SOON).untilAsserted(() -> assertThat(blobs.trouble().orElse("")).contains("bucket harbour"));
      bucket.weather(Weather.WELL);
      await().atMost(SOON).untilAsserted(() -> assertThat(blobs.trouble()).isEmpty());
      assertThat(read(blobs, before)).isEqualTo("before");
      assertThat(read(blobs, write(blobs, "after"))).isEqualTo("after");
    }
  }

  @ParameterizedTest
  @CsvSource({"FORBIDDEN, refuses us",
      "ELSEWHERE, is not in region us-east-1; set store.bucket.region to ap-southeast-2"})
  void aSettingThatIsWrongIsToldAtTheStart(Weather weather, String said) {
    bucket.weather(weather);
    assertThatThrownBy(this::open).isInstanceOfSatisfying(FairwayException.class, e -> {
      assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION);
      assertThat(e).hasMessageContaining(said);
    });
  }
}
