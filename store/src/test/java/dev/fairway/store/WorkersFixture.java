package dev.fairway.store;

import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.RetryPolicy;
import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkId;
import dev.fairway.core.work.WorkKind;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.testing.TestClock;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store with workers on it, whose handlers note what they are given. */
abstract class WorkersFixture {
  record Note(String text) {}

  static final Duration SOON = Duration.ofSeconds(30);
  static final Duration DAY = Duration.ofDays(1);
  static final RetryPolicy THREE_TIMES = new RetryPolicy(3, DAY, Duration.ofSeconds(1), Duration.ofMinutes(1));
  static final WorkKind<Note> NOTE = WorkKind.of("test.note", JsonCodec.of(Note.class)).withRetry(THREE_TIMES);

  final TestClock clock = new TestClock();
  final List<Delivery<Note>> seen = new CopyOnWriteArrayList<>();
  final Handlers handlers = new Handlers();
  TemporaryStore temporary;
  SqlStore store;
  Workers workers;
  DeadLetters dead;

  abstract TemporaryStore temporary(Clock clock);

  @BeforeEach
  void open() {
    temporary = temporary(clock);
    opened(temporary.store());
  }

  final void opened(SqlStore fresh) {
    store = fresh;
    workers = new Workers(store.work(), handlers, clock, WorkersConfig.DEFAULT);
    dead = new DeadLetters(store, handlers);
  }

  @AfterEach
  void close() {
    workers.close();
    temporary.close();
  }

  /** The process ends without settling, and another one starts. */
  void die() {
    opened(temporary.reopen());
    if (store.shared()) {
      clock.advance(NOTE.lease());
      store.work().takeBack();
    }
  }

  static List<Demand> demand() {
    return List.of(new Demand(NOTE.name(), 10, NOTE.lease()));
  }

  void handle(WorkHandler<Note> handler) {
    handlers.add(NOTE, delivery -> {
      seen.add(delivery);
      return handler.run(delivery);
    });
  }

  WorkId enqueue(String text) {
    return store.write(tx -> tx.enqueue(NewWork.of(NOTE, new Note(text))));
  }

  List<String> texts() {
    return seen.stream().map(delivery -> delivery.payload().text()).toList();
  }

  List<String> types() {
    return store.journal().read(0, 100).stream().map(event -> event.type())
        .filter(type -> !type.equals("work.redriven") && !type.equals("work.discarded")).toList();
  }
}
