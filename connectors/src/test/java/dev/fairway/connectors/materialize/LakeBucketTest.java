package dev.fairway.connectors.materialize;

import dev.fairway.connector.json.Json;
import dev.fairway.s3.Bucket;
import dev.fairway.s3.BucketServer;
import dev.fairway.s3.S3Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

@SuppressWarnings("NullAway.Init") // each test has a bucket of its own
class LakeBucketTest extends ExactlyOnceContract {
  @TempDir
  private static Path folder;
  private static BucketServer server;
  private static int buckets;

  private S3Config bucket;

  @BeforeAll
  static void startServer() throws IOException {
    server = BucketServer.start(folder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void makeBucket() throws IOException {
    bucket = server.bucket("lake-" + ++buckets);
  }

  @Override
  ObjectNode config(int number) {
    S3Config.Credentials credentials = bucket.credentials().orElseThrow();
    return Json.object().put("location", "s3://" + bucket.bucket() + "/out" + number)
        .put("endpoint", server.endpoint().toString()).put("accessKey", credentials.accessKey())
        .put("secretKey", credentials.secretKey().reveal());
  }

  @Override
  String image() {
    return "materialize-lake";
  }

  @Override
  ObjectNode resource() {
    return Json.object().put("folder", "rows");
  }

  /* S3Proxy looks and then writes, where Amazon's service does both at once; here sessions must not overlap that closely. */
  @Override
  int rivalsAtOnce() {
    return 1;
  }

  @Override
  int rivals() {
    return 6;
  }

  @Override
  List<Integer> stored(int number) throws IOException {
    List<Integer> stored = new ArrayList<>();
    try (Bucket objects = new Bucket(bucket.under("out" + number))) {
      for (Bucket.Listed object : objects.list("rows/")) {
        stored.addAll(
            LakeFolderTest.numbers(new ByteArrayInputStream(objects.get(object.key()).orElseThrow().bytes())));
      }
    }
    return stored;
  }
}
