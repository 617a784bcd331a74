package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator of the embedded store meets, and what it says then. */
class EmbeddedTroubleTest {
  @TempDir
  Path directory;

  private SqlStore open() {
    return SqlStore.open(new StorageConfig.Embedded(directory), Clock.systemUTC(), List.of());
  }

  @Test
  void aFileThatIsNoDatabaseIsRefusedWithWhatToDo() throws IOException {
    Files.writeString(directory.resolve("fairway.db"), "this is not a database, whatever its name says".repeat(200));
    refused(this::open, ErrorCode.STORE_CORRUPT, "fairway.db is damaged", "restore a backup", ".recover");
  }

  @Test
  void aFileWithADamagedPageIsRefused() throws IOException {
    fill();
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve("fairway.db").toFile(), "rw")) {
      for (long page = 4; page < 30 && page * 4096 < file.length(); page++) {
        file.seek(page * 4096);
        file.write(new byte[]{77, 77, 77, 77, 77, 77, 77, 77, 77, 77, 77, 77});
      }
    }
    refused(this::open, ErrorCode.STORE_CORRUPT, "damaged");
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    fill();
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve("fairway.db").toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    refused(this::open, ErrorCode.STORE_CORRUPT, "damaged");
  }

  private void fill() {
    try (SqlStore store = open()) {
      store.run(tx -> {
        for (int i = 0; i < 2_000; i++) {
          tx.append(new NewEvent("test.told", "s" + i, "{\"x\":\"" + "y".repeat(200) + "\"}"));
        }
      });
    }
  }

  @Test
  void aFolderInUseIsRefused() {
    try (SqlStore store = open()) {
      refused(this::open, ErrorCode.CONFIGURATION, "in use by another process");
      assertThat(store.journal().end()).isZero();
    }
    open().close();
  }

  @Test
  void aFolderThatCannotBeMadeIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    refused(() -> SqlStore.open(new StorageConfig.Embedded(file.resolve("data")), Clock.systemUTC(), List.of()),
        ErrorCode.CONFIGURATION, "data folder");
  }

  @Test
  void aSchemaFromTheFutureIsRefused() throws SQLException {
    open().close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("fairway.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO store_history (installed_rank, version, description, type, script, checksum, "
          + "installed_by, execution_time, success) VALUES (99, '1.999', 'far future', 'SQL', 'V1_999__far_future.sql', 1, "
          + "'x', 1, 1)");
      statement.execute("UPDATE store_schema SET fingerprint = 'of the future'");
    }
    refused(this::open, ErrorCode.CONFIGURATION, "newer version", "1.999");
  }

  @Test
  void aFullDiskIsToldAndGoneOnFromWithoutARestart() {
    try (SqlStore store = open()) {
      store.run(tx -> tx.append(new NewEvent("test.told", "before", "{}")));
      long pages = store.write(tx -> number(tx.connection(), "PRAGMA page_count"));
      store.run(tx -> number(tx.connection(), "PRAGMA max_page_count = " + pages));
      String large = "{\"x\":\"" + "y".repeat(50_000) + "\"}";
      refused(() -> store.run(tx -> tx.append(new NewEvent("test.told", "large", large))), ErrorCode.DISK_FULL,
          "no space", "nothing was written");
      assertThat(store.journal().end()).isEqualTo(1);
      store.run(tx -> number(tx.connection(), "PRAGMA max_page_count = 1000000"));
      store.run(tx -> tx.append(new NewEvent("test.told", "after", large)));
      assertThat(store.journal().read(0, 10)).extracting(event -> event.subject()).containsExactly("before", "after");
    }
  }

  @Test
  void openingAgainFindsTheSchemaByItsFingerprintAndEverythingThatWasWritten() {
    fill();
    try (SqlStore store = open()) {
      assertThat(store.journal().end()).isEqualTo(2_000);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  private static void refused(ThrowingCallable call, ErrorCode code, String... words) {
    assertThatThrownBy(call).isInstanceOfSatisfying(FairwayException.class, e -> {
      assertThat(e.code()).isEqualTo(code);
      assertThat(e.getMessage()).contains(words);
    });
  }
}
