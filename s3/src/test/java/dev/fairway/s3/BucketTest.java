package dev.fairway.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
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
    try (Bucket gone = new Bucket(at(1))) {
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

  @Test
  void aConditionThatIsRefusedBeforeTheBytesAreReadIsHeard() throws Exception {
    try (ServerSocket hasty = new ServerSocket()) {
      // More bytes than fit in between, and fewer than those for which Amazon's client asks first.
      hasty.setReceiveBufferSize(4_096);
      hasty.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread server = Thread.ofVirtual().start(() -> refuseAll(hasty));
      try (Bucket bucket = new Bucket(at(hasty.getLocalPort()))) {
        assertThat(bucket.replace("k", Optional.of("\"old\""), new byte[1_000_000])).isEmpty();
        assertThatThrownBy(() -> bucket.replace("k", Optional.of("\"new\""), new byte[1_000_000]))
            .isInstanceOf(IOException.class).hasMessageContaining("does not take k");
      }
      hasty.close();
      server.join();
    }
  }

  /* Refuses writes once their headers have come; the bytes are left unread, which resets the connection. */
  private static void refuseAll(ServerSocket hasty) {
    try {
      while (true) {
        try (Socket call = hasty.accept()) {
          InputStream in = call.getInputStream();
          StringBuilder head = new StringBuilder();
          while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) in.read());
          }
          if (head.toString().startsWith("PUT ")) {
            assertThat(in.read()).as("the first byte of many").isNotNegative();
            answer(call, "HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\n\r\n");
          } else {
            answer(call, "HTTP/1.1 200 OK\r\nETag: \"new\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
          }
        }
      }
    } catch (SocketException e) {
      assertThat(hasty.isClosed()).isTrue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(Socket call, String text) throws IOException {
    call.getOutputStream().write(text.getBytes(UTF_8));
  }

  private static S3Config at(int port) {
    return new S3Config(Optional.of(URI.create("http://127.0.0.1:" + port)), "us-east-1", "nobody", "",
        Optional.of(new S3Config.Credentials("a", new Secret("b"))));
  }
}
