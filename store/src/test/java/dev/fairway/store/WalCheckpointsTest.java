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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalCheckpointsTest {
  private static final String PAGE = "x".repeat(4_096);

  @TempDir
  Path directory;

  @Test
  void aLongLogBeginsAnewBesideAWriterThatGoesOn() throws IOException {
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(directory), Clock.systemUTC(), List.of())) {
      store.run(tx -> tx.append(new NewEvent("test.begun", "log", "{}")));
      int before = round();
      store.run(tx -> {
        for (int i = 0; i < 5_000; i++) {
          tx.append(new NewEvent("test.written", "log", PAGE));
        }
      });
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
        store.run(tx -> tx.append(new NewEvent("test.went-on", "log", "{}")));
        return round() > before;
      });
      assertThat(store.journal().end()).isGreaterThan(5_001);
    }
  }

  /** How often the log has begun anew: the checkpoint sequence number of its header (SQLite file format, 4.1). */
  private int round() throws IOException {
    try (DataInputStream log = new DataInputStream(Files.newInputStream(directory.resolve("fairway.db-wal")))) {
      log.skipNBytes(12);
      return log.readInt();
    }
  }
}
