package dev.fairway.exchange.delivery;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.exchange.sql.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one channel from where it was last read to its end: when the channel hints, when it is woken, and from time to
 * time in any case. The place is moved in the transaction that takes the messages in, so each is taken in once; several
 * processes may read one channel, and the one that comes late starts again from the place the other left.
 */
public final class Observer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Observer.class);
  private static final int PAGE = 200;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Store store;
  private final ChannelPort port;
  private final Inbound inbound;
  private final Jurisdiction own;
  private final InstantSource clock;
  private final Duration catchUp;
  private final Semaphore woken = new Semaphore(1);
  private volatile boolean closed;
  private @Nullable Thread thread;
  private @Nullable AutoCloseable hints;

  /** Which messages of a channel are read. */
  private enum Direction {
    /** Those for us. */
    IN,
    /** Changes of those we sent. */
    OUT
  }

  /** @param catchUp how often to read without being told */
  public Observer(Store store, ChannelPort port, Inbound inbound, Jurisdiction own, InstantSource clock,
      Duration catchUp) {
    this.store = store;
    this.port = port;
    this.inbound = inbound;
    this.own = own;
    this.clock = clock;
    this.catchUp = catchUp;
  }

  /** Begins to read; once. */
  public void start() {
    hints = port.channel().onChange(own, this::wake);
    thread = Thread.ofVirtual().name("observe-" + port.id()).start(this::loop);
  }

  /** There may be something new. */
  public void wake() {
    if (woken.availablePermits() == 0) {
      woken.release();
    }
  }

  private void loop() {
    Duration pause = Duration.ofSeconds(1);
    while (!closed) {
      try {
        if (woken.tryAcquire(catchUp.toMillis(), TimeUnit.MILLISECONDS)) {
          woken.drainPermits();
        }
        runOnce();
        pause = Duration.ofSeconds(1);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.warn("channel cannot be read channel={} pause={} why=\"{}\"", port.id(), pause, e.getMessage());
          pause = rest(pause);
        }
      }
    }
  }

  private Duration rest(Duration pause) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(pause.toMillis() / 2, pause.toMillis() + 1));
    } catch (InterruptedException e) {
      closed = true;
    }
    wake();
    return pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
  }

  /**
   * Reads to the end.
   *
   * @return how many messages and changes it was shown
   * @throws FairwayException when the channel or the store cannot be reached
   */
  public int runOnce() {
    if (!port.channel().capabilities().observable() || port.maintenance().isPresent()) {
      return 0;
    }
    return read(Direction.IN) + read(Direction.OUT);
  }

  private int read(Direction direction) {
    int shown = 0;
    Observation page;
    do {
      String from = place(direction);
      page = ask(direction, from);
      if (!page.next().equals(from)) {
        shown += page.messages().size();
        takeIn(direction, from, page);
      }
    } while (page.more() && !closed);
    return shown;
  }

  private Observation ask(Direction direction, String from) {
    try {
      Observation page = direction == Direction.IN
          ? port.channel().observe(own, from, PAGE)
          : port.channel().observeSent(own, from, PAGE);
      port.works();
      return page;
    } catch (FairwayException e) {
      port.fails(clock.instant(), String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private String place(Direction direction) {
    return store.read(view -> Sql.first(view, "SELECT place FROM exchange_cursor WHERE channel = ? AND direction = ?",
        row -> row.getString("place"), port.id(), direction)).orElse("");
  }

  private void takeIn(Direction direction, String from, Observation page) {
    store.run(tx -> {
      if (move(tx, direction, from, page.next())) {
        for (ChannelMessage message : page.messages()) {
          inbound.take(tx, port, message);
          tx.afterCommit(() -> port.shown(message.status()));
        }
      }
    });
  }

  /** False when another process has read on from there. */
  private boolean move(Transaction tx, Direction direction, String from, String to) throws SQLException {
    if (from.isEmpty()) {
      Sql.update(tx, """
          INSERT INTO exchange_cursor (channel, direction, place, moved_at) VALUES (?,?,'',?)
          ON CONFLICT DO NOTHING""", port.id(), direction, tx.now());
    }
    return Sql.update(tx, "UPDATE exchange_cursor SET place = ?, moved_at = ? WHERE channel = ? AND direction = ?"
        + " AND place = ?", to, tx.now(), port.id(), direction, from) == 1;
  }

  @Override
  public void close() {
    closed = true;
    Optional.ofNullable(hints).ifPresent(Observer::closeQuietly);
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      try {
        running.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void closeQuietly(AutoCloseable listening) {
    try {
      listening.close();
    } catch (Exception e) {
      LOG.debug("a channel's hints did not end why=\"{}\"", e.getMessage());
    }
  }
}
