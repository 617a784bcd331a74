package dev.fairway.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Store;
import dev.fairway.store.TemporaryStore;
import dev.fairway.testing.TestClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final TestClock clock = new TestClock();
  private final TemporaryStore store = TemporaryStore.unsynced(clock, "evm");
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger takenOver = new AtomicInteger();

  @AfterEach
  void close() {
    store.close();
  }

  /** A loop that writes once a turn. */
  private final class Loop {
    private final Watch watch;

    Loop(Store on) {
      watch = new Watch(on, "loop", Duration.ofSeconds(1), this::turn, takenOver::incrementAndGet);
    }

    private int turn() {
      return watch.write(_ -> written.incrementAndGet());
    }

    void run() throws Exception {
      watch.runOnce();
    }
  }

  /** A store whose next commit fails after its step ran, as when the disk is full. */
  private static final class FullDisk implements Store {
    private final Store real;
    private boolean full;

    FullDisk(Store real) {
      this.real = real;
    }

    @Override
    public <R> R write(WriteStep<R> step) {
      return real.write(tx -> {
        R answer = step.apply(tx);
        if (full) {
          full = false;
          throw new FairwayException(ErrorCode.DISK_FULL, "full");
        }
        return answer;
      });
    }

    @Override
    public <R> R read(ReadStep<R> step) {
      return real.read(step);
    }

    @Override
    public Journal journal() {
      return real.journal();
    }

    @Override
    public void close() {}
  }

  @Test
  void leaseWhoseCommitFailedIsNotBelieved() throws Exception {
    FullDisk disk = new FullDisk(store.store());
    Loop loop = new Loop(disk);
    disk.full = true;
    assertThatThrownBy(loop::run).hasMessage("full");
    loop.run();
    assertThat(written).hasValue(1);
    assertThat(takenOver).hasValue(1);
  }

  @Test
  void leaseIsRenewedWithoutBeingTakenOver() throws Exception {
    Loop loop = new Loop(store.store());
    for (int i = 0; i < 5; i++) {
      loop.run();
      clock.advance(Duration.ofSeconds(9));
    }
    assertThat(written).hasValue(5);
    assertThat(takenOver).hasValue(1);
  }

  @Test
  void leaseIsSureForHalfItsLengthAndThenIsRenewedByTheNextTurn() throws Exception {
    Watch watch = new Loop(store.store()).watch;
    assertThat(watch.sure()).isFalse();
    watch.runOnce();
    clock.advance(Duration.ofSeconds(4));
    assertThat(watch.sure()).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(watch.sure()).isFalse();
    watch.runOnce();
    assertThat(watch.sure()).isTrue();
  }

  @Test
  void loopThatWasReplacedWritesNothingAndTakesOverWhenItIsItsTurnAgain() throws Exception {
    Loop first = new Loop(store.store());
    Loop second = new Loop(store.store());
    first.run();
    second.run();
    assertThatThrownBy(first::run).hasMessageContaining("the lease on loop loop is held by another");
    assertThat(written).hasValue(2);
    first.run();
    assertThat(written).hasValue(3);
    assertThat(takenOver).hasValue(3);
  }
}
