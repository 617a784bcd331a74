package dev.fairway.connectors.capture.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.Settings;
import dev.fairway.connector.json.Json;
import dev.fairway.core.FairwayException;
import dev.fairway.s3.Bucket;
import dev.fairway.s3.BucketServer;
import dev.fairway.s3.S3Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects of a bucket as files that are found, and read from the middle on. */
class FilesInABucketTest {
  @TempDir
  Path dir;

  private static String text(FileHome home, String name, long offset) throws Exception {
    List<String> read = new ArrayList<>();
    home.read(name, offset, in -> read.add(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    return read.getFirst();
  }

  @Test
  void objectsAreFoundAndReadFromTheMiddleOn() throws Exception {
    try (BucketServer server = BucketServer.start(dir)) {
      S3Config bucket = server.bucket("files");
      S3Config.Credentials credentials = bucket.credentials().orElseThrow();
      try (Bucket objects = new Bucket(bucket.under("in"))) {
        for (String name : List.of("a.jsonl", "b/c.csv", "b/readme.txt")) {
          objects.put(name, Files.writeString(dir.resolve("file"), "0123456789"));
        }
      }
      FilesCapture.Config config = Settings.read(Json.object().put("location", "s3://files/in")
          .put("endpoint", server.endpoint().toString()).put("accessKey", credentials.accessKey())
          .put("secretKey", credentials.secretKey().reveal()), FilesCapture.Config.class);
      assertThat(config.toString()).doesNotContain(credentials.secretKey().reveal());
      FilesCapture files = new FilesCapture();
      assertThat(files.discover(config)).extracting(found -> found.resource().file())
          .containsExactly("a.jsonl", "b/c.csv");
      files.validate(config, List.of(new FilesCapture.Resource("b/c.csv")));
      assertThatThrownBy(() -> files.validate(config, List.of(new FilesCapture.Resource("b/d.csv"))))
          .isInstanceOf(FairwayException.class).hasMessageContaining("there is no b/d.csv in s3://files/in/");
      try (FileHome home = new BucketHome(new Bucket(bucket.under("in")))) {
        assertThat(text(home, "a.jsonl", 0)).isEqualTo("0123456789");
        assertThat(text(home, "a.jsonl", 7)).isEqualTo("789");
        assertThat(text(home, "a.jsonl", 10)).isEmpty();
        assertThat(text(home, "a.jsonl", 11)).isEmpty();
        assertThatThrownBy(() -> text(home, "gone.jsonl", 0)).hasMessageContaining("there is no gone.jsonl");
      }
    }
  }

  @Test
  void aBucketThatDoesNotAnswerIsNamed() throws Exception {
    FilesCapture.Config config = Settings.read(Json.object().put("location", "s3://files/in")
        .put("endpoint", "http://127.0.0.1:1").put("accessKey", "somebody").put("secretKey", "hush"),
        FilesCapture.Config.class);
    assertThatThrownBy(() -> new FilesCapture().discover(config)).isInstanceOf(IOException.class)
        .hasMessageContaining("bucket files does not list");
  }
}
