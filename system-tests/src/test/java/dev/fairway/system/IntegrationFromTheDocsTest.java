package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.node.pair.NodeProcess;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Does what docs/integrations.md tells a new user to do, word by word, but for the ports. */
@Timeout(600)
class IntegrationFromTheDocsTest {
  private static final Path DOCS = Path.of("../docs/integrations.md");
  private static final Duration SOON = Duration.ofMinutes(2);

  @TempDir
  private Path folder;

  /** The commands of the first block after a line. */
  private static List<String> commands(String after) throws IOException {
    String page = Files.readString(DOCS);
    int from = page.indexOf("```sh\n", page.indexOf(after)) + "```sh\n".length();
    return page.substring(from, page.indexOf("```", from)).lines().toList();
  }

  private ProcessBuilder process(String line) {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp",
        System.getProperty("java.class.path"), "dev.fairway.node.Main"));
    command.addAll(words(line.substring("./fairway ".length())));
    return new ProcessBuilder(command).directory(folder.toFile());
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    String[] quoted = line.split("'", -1);
    for (int i = 0; i < quoted.length; i++) {
      if (i % 2 == 1) {
        words.add(quoted[i]);
      } else {
        Arrays.stream(quoted[i].split(" ")).filter(word -> !word.isBlank()).forEach(words::add);
      }
    }
    return words;
  }

  private String run(String line) throws IOException, InterruptedException {
    Process process = process(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(line + "\n" + said).isZero();
    return said;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aNewUserMakesBuildsRunsAndInstallsAnIntegration() throws Exception {
    List<String> five = commands("## From nothing to a running integration");
    assertThat(five).hasSize(5);
    run(five.get(0));
    assertThat(run(five.get(1))).contains("tests: 1 passed").contains("built hello-desk-0.1.0.dit");
    tryOut(five.get(2).replace("127.0.0.1:8090", "127.0.0.1:" + freePort()));

    Path config = Files.writeString(folder.resolve("node.yaml"), "profile: dev\nlisten: 127.0.0.1:0\ndir: node\n");
    try (NodeProcess node = NodeProcess.serve(config, folder.resolve("node.log"))) {
      URI url = node.start();
      String at = " --node " + url;
      assertThat(run(five.get(3) + at)).contains("installed hello-desk 0.1.0");
      Awaitility.await().atMost(SOON).ignoreExceptions()
          .untilAsserted(() -> assertThat(run(five.get(4) + at)).contains("running"));

      List<String> visit = commands("Now someone comes in");
      run(visit.get(0) + at);
      run(visit.get(1) + at);
      Awaitility.await().atMost(SOON)
          .untilAsserted(() -> assertThat(run(visit.get(2) + at)).contains("Welcome, Alice!"));
      assertThat(get(URI.create(visit.get(3).substring("curl ".length()).replace("http://127.0.0.1:8080",
          url.toString())))).contains("Welcome, Alice!");
    }
    // The node was stopped; what was installed is there again when it starts.
    try (NodeProcess node = NodeProcess.serve(config, folder.resolve("node.log"))) {
      URI url = node.start();
      Awaitility.await().atMost(SOON).untilAsserted(
          () -> assertThat(get(url.resolve("/integrations/desk/greetings"))).contains("Welcome, Alice!"));
    }
  }

  private void tryOut(String line) throws IOException {
    Process running = process(line).redirectErrorStream(true).start();
    try (var lines = running.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.lines().peek(said -> assertThat(running.isAlive()).as(said).isTrue())
          .anyMatch(said -> said.startsWith("integration ready http://"))).isTrue();
    } finally {
      running.destroy();
      running.onExit().orTimeout(2, TimeUnit.MINUTES).join();
    }
  }

  private static String get(URI url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
