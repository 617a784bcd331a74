package dev.fairway.store;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import dev.fairway.core.store.Dialect;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * SQLite in one file, written ahead to a log that is synced at every commit. One writer, because SQLite has one; readers
 * see a snapshot and never wait for it.
 */
final class EmbeddedHome implements Home {
  /* WAL with synchronous=FULL syncs the log once per commit and the database once per checkpoint, which happens beside the writer. Calls into SQLite hold
   * their carrier thread, so readers are few: they run from the page cache and end soon. */
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedHome.class);
  static final String FILE = "fairway.db";
  private static final int READERS = 4;
  /* In pages; the writer's own bound, should the checkpoints beside it not keep up. */
  private static final int LONGEST_LOG = 16_000;
  private static final long CHECK_WHOLE_BELOW = 64L << 20;

  private final Path file;
  private final int group;
  private final FileChannel lockFile;
  private @Nullable GuardedConnection writer;
  private final BlockingQueue<GuardedConnection> readers = new ArrayBlockingQueue<>(READERS);
  private final List<Connection> all = new CopyOnWriteArrayList<>();
  private final WalCheckpoints checkpoints;

  private EmbeddedHome(Path file, int group, FileChannel lockFile) throws SQLException {
    this.file = file;
    this.group = group;
    this.lockFile = lockFile;
    this.writer = GuardedConnection.of(connect(dataSource(file)), true);
    for (int i = 0; i < READERS; i++) {
      readers.add(openReader());
    }
    this.checkpoints = new WalCheckpoints(() -> dataSource(file).getConnection());
  }

  /** Takes the folder for this process, sees that the file is whole and brings its schema up to date. */
  static EmbeddedHome open(StorageConfig.Embedded config, Migrations migrations) {
    Path file = config.directory().resolve(FILE);
    FileChannel lockFile = lock(config.directory());
    try {
      checkWhole(file);
      migrations.run(dataSource(file));
      return new EmbeddedHome(file, config.group(), lockFile);
    } catch (SQLException | RuntimeException e) {
      closeQuietly(lockFile);
      if (e instanceof FairwayException known) {
        throw known;
      }
      throw explain(file, Trouble.in(e).filter(t -> t != Trouble.OWN).orElse(Trouble.DOWN), e);
    }
  }

  private static FileChannel lock(Path directory) {
    try {
      Files.createDirectories(directory);
      FileChannel channel = FileChannel.open(directory.resolve("fairway.lock"), StandardOpenOption.CREATE,
          StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new FairwayException(ErrorCode.CONFIGURATION, "the data folder " + directory
            + " is in use by another process; stop that one, or give this one a folder of its own");
      }
      return channel;
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot use " + directory + " as a data folder: "
          + Why.inWords(e) + "; name one that this account may make and write, with dir: or --dir", e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /* A look at every page is cheap while the file is small; a damaged page of a larger one is found when it is read. */
  private static void checkWhole(Path file) throws SQLException {
    long size = file.toFile().length();
    if (size == 0) {
      return;
    }
    try (Connection connection = dataSource(file).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(size < CHECK_WHOLE_BELOW
            ? "PRAGMA quick_check(1)"
            : "SELECT CASE WHEN count(*) >= 0 THEN 'ok' END FROM sqlite_schema")) {
      if (!rows.next() || !"ok".equals(rows.getString(1))) {
        throw new SQLException(rows.getString(1), "XX001");
      }
    }
  }

  private static SQLiteDataSource dataSource(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setBusyTimeout(10_000);
    config.setCacheSize(-32_768);
    config.setJournalSizeLimit(64 << 20);
    config.enforceForeignKeys(true);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private Connection connect(SQLiteDataSource source) throws SQLException {
    Connection connection = source.getConnection();
    all.add(connection);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = " + LONGEST_LOG);
    }
    connection.setAutoCommit(false);
    return connection;
  }

  @Override
  public Dialect dialect() {
    return Dialect.SQLITE;
  }

  @Override
  public int writers() {
    return 1;
  }

  @Override
  public int groupLimit() {
    return group;
  }

  @Override
  public GuardedConnection writer() throws SQLException {
    GuardedConnection current = writer;
    if (current == null) {
      current = GuardedConnection.of(connect(dataSource(file)), true);
      writer = current;
    }
    return current;
  }

  @Override
  public GuardedConnection reader() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return readers.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void commit(Connection connection) throws SQLException {
    connection.commit();
    checkpoints.committed(connection);
  }

  /* SQLite ends a transaction by itself when the disk is full or fails, and the driver then counts wrongly: a connection
   * that could not be rolled back is replaced. */
  @Override
  public void giveBack(GuardedConnection connection, boolean broken) {
    boolean writing = connection.equals(writer);
    if (broken) {
      all.remove(connection.real());
      closeQuietly(connection.real());
    }
    if (writing) {
      writer = broken ? null : connection;
    } else {
      readers.add(broken ? replacement(connection) : connection);
    }
  }

  private GuardedConnection replacement(GuardedConnection broken) {
    try {
      return openReader();
    } catch (SQLException e) {
      LOG.warn("cannot open a connection for reading; the next read fails and tries again why={}", e.getMessage());
      return broken;
    }
  }

  private GuardedConnection openReader() throws SQLException {
    Connection reader = connect(dataSource(file));
    try (Statement statement = reader.createStatement()) {
      statement.execute("PRAGMA query_only = 1");
    }
    reader.rollback();
    return GuardedConnection.of(reader, true);
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("a broken connection could not be closed why={}", e.getMessage());
    }
  }

  @Override
  public FairwayException explain(Trouble trouble, Throwable cause) {
    return explain(file, trouble, cause);
  }

  private static FairwayException explain(Path file, Trouble trouble, Throwable cause) {
    return switch (trouble) {
      case CORRUPT -> new FairwayException(ErrorCode.STORE_CORRUPT, "the database file " + file + " is damaged ("
          + cause.getMessage() + "). Keep a copy of its folder, then restore a backup, or save what can be saved with: "
          + "sqlite3 " + file + " .recover | sqlite3 mended.db", cause);
      case FULL -> new FairwayException(ErrorCode.DISK_FULL, "no space is left for " + file
          + "; nothing was written. Make room: the node goes on by itself", cause);
      case DOWN -> new FairwayException(ErrorCode.STORE_DOWN, "cannot use the database file " + file + ": "
          + cause.getMessage(), cause);
      case COLLISION -> new FairwayException(ErrorCode.BUSY, "the database file " + file + " is locked by a program "
          + "that is not this node; close it", cause);
      case OWN -> throw new IllegalArgumentException("not the database's trouble", cause);
    };
  }

  @Override
  public void close() {
    checkpoints.close();
    for (Connection connection : all) {
      try {
        connection.close();
      } catch (SQLException e) {
        throw explain(Trouble.DOWN, e);
      }
    }
    closeQuietly(lockFile);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot let go of the data folder", e);
    }
  }
}
