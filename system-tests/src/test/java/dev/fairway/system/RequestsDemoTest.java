package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The unhappy paths of requests, as the demonstration plays them with real processes. */
@Timeout(900)
class RequestsDemoTest {
  @TempDir
  private Path folder;

  @Test
  void everyRequestGetsOneClearEnding() throws Exception {
    Process demo = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp",
        System.getProperty("java.class.path"), "dev.fairway.node.Main", "demo", "--story", "requests", "--headless",
        "--dir", folder.toString())).redirectErrorStream(true).start();
    String said = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(demo.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(demo.exitValue()).as(said).isZero();
    assertThat(said)
        .contains(
            "demo: 6 requests, 3 accepted, 3 rejected with a reason, none lost, 3 workers dead, the node killed once")
        .contains("try 3: the worker died, exit code 3; its last words: Terminating due to java.lang.OutOfMemoryError")
        .contains("one-too-many: rejected, because QUOTA_EXCEEDED: alice has 3 ledgers; 3 are allowed");
  }
}
