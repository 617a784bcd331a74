package dev.fairway.connectors.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuplexTest {
  @Test
  void anErrorOfOneWhoSpeaksEndsTheOneWhoListens(@TempDir Path dir) {
    try (Session session = Session.start(List.of("sh", "-c", "exec sleep 600"), Map.of(),
        Programs.in(dir, dir, line -> {}))) {
      CompletableFuture<Void> both = CompletableFuture.runAsync(() -> {
        try {
          Duplex.run(session, () -> {
            throw new StackOverflowError("too deep");
          }, session::next);
        } catch (RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new AssertionError("another failure", e);
        }
      });
      assertThat(both).failsWithin(Duration.ofMinutes(1)).withThrowableOfType(ExecutionException.class)
          .withMessageContaining("cannot go on with").withMessageContaining("too deep");
    }
  }
}
