package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.journal.NewEvent;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalCheckpointsTest {
  private static final String PAGE = "x".repeat(4_096);
  private static final long BOUND = 48L << 20;

  @TempDir
  Path directory;

  @Test
  void aLongLogBeginsAnewBesideAWriterThatGoesOn() throws Exception {
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(directory), Clock.systemUTC(), List.of())) {
      store.run(tx -> tx.append(new NewEvent("test.begun", "log", "{}")));
      int before = round();
      store.run(tx -> {
        for (int i = 0; i < 5_000; i++) {
          tx.append(new NewEvent("test.written", "log", PAGE));
        }
      });
      AtomicBoolean done = new AtomicBoolean();
      Thread writer = Thread.ofPlatform().start(() -> {
        while (!done.get()) {
          store.run(tx -> tx.append(new NewEvent("test.went-on", "log", "{}")));
        }
      });
      try {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> round() > before);
      } finally {
        done.set(true);
        writer.join();
      }
      assertThat(Files.size(log())).as("the writer's own bound was not needed").isLessThan(BOUND);
    }
  }

  /** How often the log has begun anew: the checkpoint sequence number of its header (SQLite file format, 4.1). */
  private int round() throws IOException {
    try (DataInputStream log = new DataInputStream(Files.newInputStream(log()))) {
      log.skipNBytes(12);
      return log.readInt();
    }
  }

  private Path log() {
    return directory.resolve("fairway.db-wal");
  }
}
