package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an integration that is stopped does about what it holds. */
@Timeout(180)
class GivingBackTest {
  @TempDir
  private Path folder;

  @Test
  void stopThatIsInterruptedIsToldAsksTheNextAndStaysInterrupted() {
    List<String> asked = new CopyOnWriteArrayList<>();
    try (var warnings = new Warnings(LifeCycle.class); var node = new Node(folder)) {
      RunningIntegration clinging = node.run("clinging", (env, events) -> {
        events.onStop(() -> {
          asked.add("first");
          Thread.currentThread().interrupt();
          new CountDownLatch(1).await();
        });
        events.onStop(() -> asked.add("second"));
      });
      eventually(() -> assertThat(clinging.ready()).isTrue());
      node.automation.stop("clinging");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(asked).containsExactly("first", "second");
      assertThat(warnings.told())
          .containsExactly("does not give back what it holds integration=clinging why=interrupted");
    }
  }
}
