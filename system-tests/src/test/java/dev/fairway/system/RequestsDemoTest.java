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
    assertThat(said).contains("demo: 5 requests, 3 accepted, 2 rejected with a reason, none lost")
        .contains("one-too-many: rejected, because QUOTA_EXCEEDED: alice has 3 ledgers; 3 are allowed");
  }
}
