package dev.fairway.exchange.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.WorkId;
import dev.fairway.exchange.message.StoredMessage.Carriage;
import dev.fairway.store.TemporaryStore;
import java.sql.Connection;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Here each channel may be read by a process of its own, and each statement sees what others committed before it. */
class CopiesPostgresTest extends CopiesTest {
  @Override
  TemporaryStore open() {
    return TemporaryStore.postgres(clock, "exchange");
  }

  /** A transaction in which something happens elsewhere between the first statement and the second. */
  private static final class Overtaken implements Transaction {
    private final Transaction real;
    private final Runnable elsewhere;
    private int statements;

    Overtaken(Transaction real, Runnable elsewhere) {
      this.real = real;
      this.elsewhere = elsewhere;
    }

    @Override
    public Connection connection() {
      if (++statements == 2) {
        CompletableFuture.runAsync(elsewhere).join();
      }
      return real.connection();
    }

    @Override
    public Dialect dialect() {
      return real.dialect();
    }

    @Override
    public Instant now() {
      return real.now();
    }

    @Override
    public WorkId enqueue(NewWork<?> work) {
      return real.enqueue(work);
    }

    @Override
    public void append(NewEvent event) {
      real.append(event);
    }

    @Override
    public void afterCommit(Runnable action) {
      real.afterCommit(action);
    }
  }

  @Test
  void lossOfACopyThatJustBeganToCountIsNotMissed() {
    first.change("1", ChannelStatus.FALSE_ALARM);
    second.change("1", ChannelStatus.FALSE_ALARM);
    ChannelMessage lost = second.find("1").orElseThrow();
    au.store.run(tx -> new Inbound(AU).take(new Overtaken(tx, () -> read("first")), port("second", second), lost));
    assertThat(carriage()).contains(new Carriage("second", "1", ChannelStatus.FALSE_ALARM));
  }
}
