package dev.fairway.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketTest {
  @TempDir
  Path dir;

  @Test
  void anObjectIsReplacedOnlyByWhoHasSeenIt() throws IOException {
    try (BucketServer server = BucketServer.start(dir); Bucket bucket = new Bucket(server.bucket("one").under("a"))) {
      assertThat(bucket.get("k")).isEmpty();
      String first = bucket.replace("k", Optional.empty(), "1".getBytes(UTF_8)).orElseThrow();
      assertThat(bucket.replace("k", Optional.empty(), "2".getBytes(UTF_8))).isEmpty();
      String second = bucket.replace("k", Optional.of(first), "3".getBytes(UTF_8)).orElseThrow();
      assertThat(bucket.replace("k", Optional.of(first), "4".getBytes(UTF_8))).isEmpty();
      assertThat(bucket.replace("gone", Optional.of(first), "4".getBytes(UTF_8))).isEmpty();
      Bucket.Content content = bucket.get("k").orElseThrow();
      assertThat(content.bytes()).asString(UTF_8).isEqualTo("3");
      assertThat(content.tag()).isEqualTo(second);

      bucket.put("dir/b", Files.writeString(dir.resolve("file"), "hello"));
      assertThat(bucket.copy("dir/b", "dir/c")).isTrue();
      assertThat(bucket.copy("dir/nothing", "dir/d")).isFalse();
      bucket.delete("dir/b");
      bucket.delete("dir/b");
      assertThat(bucket.list("dir/")).singleElement().satisfies(one -> {
        assertThat(one.key()).isEqualTo("dir/c");
        assertThat(one.bytes()).isEqualTo(5);
      });
      String tag = bucket.list("dir/").getFirst().tag();
      try (InputStream rest = bucket.open("dir/c", 2, tag).orElseThrow()) {
        assertThat(rest.readAllBytes()).asString(UTF_8).isEqualTo("llo");
      }
      assertThat(bucket.open("dir/c", 2, first)).as("another object by now").isEmpty();
      assertThat(server.keys("one")).contains("a/k", "a/dir/c");
    }
    try (Bucket gone = new Bucket(server())) {
      assertThatThrownBy(() -> gone.get("k")).isInstanceOf(IOException.class).hasMessageContaining("bucket nobody");
    }
  }

  @Test
  void aWriteThatMeetsAnotherIsTriedAgain() throws IOException {
    try (FaultyBucket faulty = FaultyBucket.start(); Bucket bucket = new Bucket(faulty.config())) {
      faulty.weather(FaultyBucket.Weather.RACED);
      assertThat(bucket.replace("k", Optional.empty(), "1".getBytes(UTF_8))).as("nobody else has written").isPresent();
      assertThat(bucket.get("k").orElseThrow().bytes()).asString(UTF_8).isEqualTo("1");
    }
  }

  private static S3Config server() {
    return new S3Config(Optional.of(java.net.URI.create("http://127.0.0.1:1")), "us-east-1", "nobody", "",
        Optional.of(new S3Config.Credentials("a", new dev.fairway.core.Secret("b"))));
  }
}
