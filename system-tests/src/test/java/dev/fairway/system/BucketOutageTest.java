package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.s3.FaultyBucket;
import dev.fairway.s3.FaultyBucket.Weather;
import dev.fairway.s3.S3Config;
import dev.fairway.web.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose documents are in a bucket that fails: it says so, loses nothing it acknowledged, and goes on by itself. */
class BucketOutageTest {
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir
  private Path folder;

  private static HttpResponse<String> upload(ServedNode node, String text) throws Exception {
    return node.post("/document-api/jurisdictions/SG", "multipart/form-data; boundary=edge",
        "--edge\r\nContent-Disposition: form-data; name=\"document\"; filename=\"coo.txt\"\r\n"
            + "Content-Type: text/plain\r\n\r\n" + text + "\r\n--edge--\r\n");
  }

  @Test
  void nodeOutlivesItsBucket() throws Exception {
    try (FaultyBucket bucket = FaultyBucket.start();
        ServedNode node = ServedNode.start(folder, "au", "AU", settings(bucket.config()))) {
      Map<String, String> acknowledged = new TreeMap<>();
      for (var said : Map.of(Weather.FULL, "507 has no space left", Weather.FORBIDDEN, "503 refuses us",
          Weather.DOWN, "503 does not take or give blobs").entrySet()) {
        keep(node, "before " + said.getKey(), acknowledged);
        bucket.weather(said.getKey());
        HttpResponse<String> refused = upload(node, "refused");
        assertThat(refused.statusCode() + " " + refused.body()).startsWith(said.getValue().substring(0, 3))
            .contains("bucket harbour " + said.getValue().substring(4)).doesNotContain("a secret");
        await().atMost(LONG).until(() -> node.send(node.to("/health/ready")).statusCode() == 503);
        assertThat(node.json("/health/ready").path("checks").path("documents").asString())
            .contains("bucket harbour " + said.getValue().substring(4));
        bucket.weather(Weather.WELL);
        await().atMost(LONG).until(() -> node.send(node.to("/health/ready")).statusCode() == 200);
      }
      keep(node, "after", acknowledged);
      for (var document : acknowledged.entrySet()) {
        assertThat(node.send(node.to("/document-api/" + document.getKey() + "?as_jurisdiction=SG")).body())
            .isEqualTo(document.getValue());
      }
      assertThat(node.json("/api/documents").path("items")).hasSameSizeAs(acknowledged.entrySet());
    }
  }

  private static void keep(ServedNode node, String text, Map<String, String> acknowledged) throws Exception {
    HttpResponse<String> stored = upload(node, text);
    assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
    acknowledged.put(Json.parse(stored.body()).path("multihash").stringValue(), text);
  }

  private static String settings(S3Config bucket) {
    S3Config.Credentials credentials = bucket.credentials().orElseThrow();
    return """
        store:
          bucket: { name: %s, endpoint: "%s", access-key: %s, secret-key: "%s" }
        exchange: { routes: [] }
        """.formatted(bucket.bucket(), bucket.endpoint().orElseThrow(), credentials.accessKey(),
        credentials.secretKey().reveal());
  }
}
