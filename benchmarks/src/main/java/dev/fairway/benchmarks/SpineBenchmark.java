package dev.fairway.benchmarks;

import dev.fairway.core.Codec;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.sqlite.SQLiteConfig;

/**
 * How many small jobs a second does the work spine take in, lease, run and settle durably on the embedded store, against
 * the same three steps as single-row commits on the same database?
 *
 * <p>Run with the class path of this module: {@code java dev.fairway.benchmarks.SpineBenchmark [jobs] [directory]}.
 */
public final class SpineBenchmark {
  private static final int CALLERS = 256;
  private static final int ROUNDS = 3;
  private static final byte[] PAYLOAD = new byte[200];

  private SpineBenchmark() {}

  /** Prints three rounds of both, and the ratio of their medians. */
  public static void main(String[] args) throws IOException, SQLException, InterruptedException {
    int jobs = args.length > 0 ? Integer.parseInt(args[0]) : 60_000;
    Path directory = args.length > 1
        ? Files.createTempDirectory(Path.of(args[1]), "spine")
        : Files.createTempDirectory("spine");
    try {
      double[] single = new double[ROUNDS];
      double[] spine = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        single[round] = singleRowCommits(directory.resolve("single" + round + ".db"), Math.max(200, jobs / 100));
        spine[round] = spine(directory.resolve("spine" + round), jobs);
        System.out.printf(Locale.ROOT, "round %d: single-row commits %,.0f jobs/s, spine %,.0f jobs/s, %.1f times%n",
            round + 1, single[round], spine[round], spine[round] / single[round]);
      }
      double ratio = median(spine) / median(single);
      System.out.printf(Locale.ROOT,
          "spine: enqueue+lease+ack %,.0f jobs/s, single-row commits %,.0f jobs/s, ratio %.1f (target 20), %d cores, JDK %s%n",
          median(spine), median(single), ratio, Runtime.getRuntime().availableProcessors(),
          Runtime.version().feature());
    } finally {
      remove(directory);
    }
  }

  /* Enqueue, lease and ack, each its own commit, by one caller: what a queue without group commit does. */
  private static double singleRowCommits(Path file, int jobs) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties());
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE job (id INTEGER PRIMARY KEY, state TEXT NOT NULL, attempts INTEGER NOT NULL, "
          + "owner TEXT, payload BLOB NOT NULL)");
      statement.execute("CREATE INDEX job_ready ON job (id) WHERE state = 'ready'");
      try (
          PreparedStatement enqueue = connection
              .prepareStatement("INSERT INTO job (state, attempts, payload) VALUES ('ready', 0, ?)");
          PreparedStatement lease = connection.prepareStatement("UPDATE job SET state = 'leased', "
              + "attempts = attempts + 1, owner = 'me' WHERE id = (SELECT min(id) FROM job WHERE state = 'ready')");
          PreparedStatement ack = connection.prepareStatement("DELETE FROM job WHERE id = ? AND owner = 'me'")) {
        long start = System.nanoTime();
        for (int i = 1; i <= jobs; i++) {
          enqueue.setBytes(1, PAYLOAD);
          enqueue.executeUpdate();
          lease.executeUpdate();
          ack.setInt(1, i);
          ack.executeUpdate();
        }
        return perSecond(jobs, start);
      }
    }
  }

  /* Many callers enqueue one job each, as requests would; the workers run them meanwhile. The clock stops when the last
   * job is settled. */
  private static double spine(Path directory, int jobs) throws InterruptedException {
    WorkKind<byte[]> kind = new WorkKind<>("bench.job", new Bytes(), RetryPolicy.DEFAULT, Duration.ofSeconds(30), 2_000,
        false);
    CountDownLatch settled = new CountDownLatch(jobs);
    Handlers handlers = new Handlers().add(kind,
        delivery -> Outcome.done(tx -> tx.afterCommit(settled::countDown)));
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(directory), Clock.systemUTC(), List.of());
        Workers workers = new Workers(store.work(), handlers, Clock.systemUTC(),
            new WorkersConfig(2_000, Duration.ofSeconds(10))).start()) {
      AtomicInteger left = new AtomicInteger(jobs);
      long start = System.nanoTime();
      for (int i = 0; i < CALLERS; i++) {
        Thread.ofVirtual().start(() -> {
          while (left.getAndDecrement() > 0) {
            store.run(tx -> tx.enqueue(NewWork.of(kind, PAYLOAD)));
          }
        });
      }
      settled.await();
      return perSecond(jobs, start);
    }
  }

  private record Bytes() implements Codec<byte[]> {
    @Override
    public byte[] encode(byte[] value) {
      return value;
    }

    @Override
    public byte[] decode(byte[] bytes) {
      return bytes;
    }
  }

  private static double perSecond(int jobs, long startNanos) {
    return jobs * 1e9 / (System.nanoTime() - startNanos);
  }

  private static double median(double[] values) {
    return java.util.Arrays.stream(values).sorted().toArray()[values.length / 2];
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
