package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.web.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node on a disk of its own that runs full: a file system in memory, mounted in a namespace that only the node's process
 * is in. Where the system lets users make no such namespace there is nothing to see, and the test says so.
 */
@SuppressWarnings("NullAway.Init") // started before each test
class FullDiskTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String READY = "fairway ready ";
  private static final String MOUNT = "mount -t tmpfs -o size=48m none \"$0\"";

  @TempDir
  private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private Process process;
  private Path disk;
  private URI url;

  @BeforeEach
  void startOnADiskOfItsOwn() throws Exception {
    Path mountPoint = Files.createDirectory(folder.resolve("disk"));
    Process probe = new ProcessBuilder("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT,
        mountPoint.toString()).redirectErrorStream(true).start();
    String said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeThat(probe.waitFor()).as("no mount of one's own here: " + said).isZero();
    Path config = Files.writeString(folder.resolve("fairway.yaml"), """
        jurisdiction: AU
        profile: dev
        listen: 127.0.0.1:0
        dir: %s
        exchange: { routes: [] }
        """.formatted(mountPoint.resolve("data")));
    process = new ProcessBuilder("unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
        MOUNT + " && exec \"$@\"",
        mountPoint.toString(), Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1", "-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp",
        System.getProperty("java.class.path"), "dev.fairway.node.Main", "serve", "--config", config.toString())
        .redirectError(folder.resolve("log").toFile()).start();
    String ready = process.inputReader().lines().filter(line -> line.startsWith(READY)).findFirst()
        .orElseThrow(() -> new AssertionError("it did not start, see " + folder.resolve("log")));
    url = URI.create(ready.substring(READY.length()));
    disk = Path.of("/proc/" + process.pid() + "/root" + mountPoint);
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
    }
  }

  private HttpResponse<String> post(String ref) throws IOException, InterruptedException {
    String message = Json.object().put("sender", "AU").put("receiver", "SG").put("subject", "full." + "x".repeat(700))
        .put("obj", "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n")
        .put("predicate", "UN.CEFACT.Trade.CertificateOfOrigin.created").put("sender_ref", ref).toString();
    return client.send(HttpRequest.newBuilder(url.resolve("/message-api/message"))
        .header("Content-Type", "application/json").POST(BodyPublishers.ofString(message)).build(),
        BodyHandlers.ofString());
  }

  private int status(String ref) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(url.resolve("/message-api/message/AU:" + ref)).build(),
        BodyHandlers.discarding()).statusCode();
  }

  private Path fill() throws IOException {
    Path filler = disk.resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      for (byte[] block : List.of(new byte[1 << 20], new byte[4_096], new byte[1])) {
        writeUntilFull(out, block);
      }
    }
    return filler;
  }

  private static void writeUntilFull(OutputStream out, byte[] block) {
    try {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  @Test
  void aFullDiskRefusesInClearWordsLosesNothingAndIsOverWhenSpaceReturns() throws Exception {
    Set<String> acknowledged = new TreeSet<>();
    Set<String> refused = new TreeSet<>();
    for (int i = 0; i < 20; i++) {
      assertThat(post("before-" + i).statusCode()).isEqualTo(201);
      acknowledged.add("before-" + i);
    }
    Path filler = fill();
    for (int i = 0; refused.size() < 10; i++) {
      HttpResponse<String> answer = post("full-" + i);
      if (answer.statusCode() == 201) {
        acknowledged.add("full-" + i);
      } else {
        assertThat(answer.statusCode()).as(answer.body()).isIn(503, 507);
        assertThat(answer.body()).contains("space");
        refused.add("full-" + i);
      }
    }
    Files.delete(filler);
    await().atMost(LONG).until(() -> post("after").statusCode() == 201);
    acknowledged.add("after");
    for (String ref : acknowledged) {
      assertThat(status(ref)).as(ref).isEqualTo(201);
    }
    for (String ref : refused) {
      assertThat(status(ref)).as(ref).isEqualTo(404);
    }
  }

  @Test
  void aDocumentThatNoLongerFitsIsRefusedAndLeavesNothing() throws Exception {
    try (FileChannel filler = FileChannel.open(fill(), StandardOpenOption.WRITE)) {
      filler.truncate(filler.size() - (3L << 20));
    }
    String boundary = "certificate";
    String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"document\"; filename=\"coo.txt\"\r\n"
        + "Content-Type: text/plain\r\n\r\n";
    HttpResponse<String> answer = client.send(HttpRequest.newBuilder(url.resolve("/document-api/jurisdictions/SG"))
        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
        .POST(BodyPublishers.ofString(head + "x".repeat(6 << 20) + "\r\n--" + boundary + "--\r\n")).build(),
        BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(507);
    assertThat(answer.body()).contains("no space is left");
    assertThat(post("next").statusCode()).isEqualTo(201);
  }
}
