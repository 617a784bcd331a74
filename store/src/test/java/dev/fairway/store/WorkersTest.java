package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.testing.TestClock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private record Note(String text) {}

  private static final WorkKind<Note> NOTE = WorkKind.of("test.note", JsonCodec.of(Note.class));
  private final TestClock clock = new TestClock();
  private final TemporaryStore temporary = TemporaryStore.embedded(clock);
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    temporary.close();
  }

  @Test
  void whatIsEnqueuedIsRunOnce() {
    Handlers handlers = new Handlers().add(NOTE, delivery -> {
      seen.add(delivery.payload().text());
      return Outcome.done();
    });
    Workers workers = new Workers(temporary.work(), handlers, clock, WorkersConfig.DEFAULT);
    temporary.store().run(tx -> {
      tx.enqueue(NewWork.of(NOTE, new Note("one")).key("k"));
      tx.enqueue(NewWork.of(NOTE, new Note("two")).key("k"));
      tx.enqueue(NewWork.of(NOTE, new Note("three")));
    });
    assertThat(workers.runAll()).isEqualTo(3);
    assertThat(seen).containsExactlyInAnyOrder("one", "two", "three").containsSubsequence("one", "two");
    assertThat(workers.runOnce()).isZero();
  }
}
