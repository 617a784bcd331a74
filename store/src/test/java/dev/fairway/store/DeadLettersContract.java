package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkId;
import dev.fairway.core.work.WorkKind;
import dev.fairway.store.DeadLetters.Filter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What the dead letters promise to those who mend. */
abstract class DeadLettersContract extends WorkersFixture {
  @Test
  void deadLettersAreListedByPageAndFilterAndGroupedByCause() {
    handle(delivery -> Outcome.fail("port " + delivery.payload().text() + " is closed"));
    for (int i = 0; i < 5; i++) {
      int number = i;
      store.run(tx -> tx.enqueue(NewWork.of(NOTE, new Note("" + number)).key("k" + number)));
    }
    workers.runAll();
    List<DeadLetters.Letter> page = dead.list(Filter.ALL, 0, 2);
    assertThat(page).extracting(letter -> letter.key().orElse("")).containsExactly("k0", "k1");
    assertThat(dead.list(Filter.ALL, page.getLast().place(), 10)).hasSize(3);
    assertThat(dead.list(filter("", "k3", ""), 0, 10)).hasSize(1);
    assertThat(dead.list(filter("test.note", "", "PORT"), 0, 10)).hasSize(5);
    assertThat(dead.list(filter("test.other", "", ""), 0, 10)).isEmpty();
    assertThat(dead.list(filter("", "", "100%"), 0, 10)).isEmpty();
    assertThat(dead.count(Filter.ALL)).isEqualTo(5);
    assertThat(dead.groups()).singleElement().satisfies(group -> {
      assertThat(group.cause()).isEqualTo("port … is closed");
      assertThat(group.count()).isEqualTo(5);
    });
  }

  @Test
  void redrivenLettersRunAgainAsIfNewAndTheActIsAudited() {
    AtomicBoolean mended = new AtomicBoolean();
    handle(delivery -> mended.get() ? Outcome.done() : Outcome.fail("broken"));
    WorkId id = enqueue("p");
    workers.runAll();
    mended.set(true);
    dead.redrive(id, "ada");
    assertThat(workers.runAll()).isEqualTo(1);
    assertThat(seen.getLast().attempt()).isEqualTo(1);
    assertThat(new WorkOverview(store).counts()).isEmpty();
    assertThat(new Audit(store).list(Optional.of(id.toString()), Long.MAX_VALUE, 10)).singleElement()
        .satisfies(entry -> {
          assertThat(entry.actor()).isEqualTo("ada");
          assertThat(entry.act()).isEqualTo("dead.redrive");
        });
    assertThatThrownBy(() -> dead.redrive(id, "ada")).isInstanceOfSatisfying(FairwayException.class,
        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void lettersAreRedrivenByTheThousand() {
    AtomicBoolean mended = new AtomicBoolean();
    handle(delivery -> mended.get() ? Outcome.done() : Outcome.fail("broken"));
    store.run(tx -> {
      for (int i = 0; i < 2_500; i++) {
        NewWork<Note> work = NewWork.of(NOTE.withConcurrency(1_000), new Note("" + i));
        tx.enqueue(i % 10 == 0 ? work.key("k" + i % 3) : work);
      }
    });
    workers.runAll();
    assertThat(dead.redrive(Filter.ofKind("test.other"), "ada")).isZero();
    assertThat(dead.redrive(Filter.ofKind("test.note"), "ada")).isEqualTo(2_500);
    mended.set(true);
    assertThat(workers.runAll()).isEqualTo(2_500);
    assertThat(new Audit(store).list(Optional.empty(), Long.MAX_VALUE, 10)).hasSize(3);
  }

  @Test
  void discardedLettersAreGoneAndLetTheirKeyGoOn() {
    WorkKind<Note> strict = NOTE.blockingKeyWhenDead();
    handlers.add(strict, delivery -> delivery.payload().text().equals("bad") ? Outcome.fail("bad") : Outcome.done());
    store.run(tx -> {
      tx.enqueue(NewWork.of(strict, new Note("bad")).key("k"));
      tx.enqueue(NewWork.of(strict, new Note("good")).key("k"));
    });
    assertThat(workers.runAll()).isEqualTo(1);
    WorkId bad = dead.list(Filter.ALL, 0, 1).getFirst().id();
    dead.discard(bad, "ada");
    assertThat(dead.show(bad)).isEmpty();
    assertThat(workers.runAll()).isEqualTo(1);
    assertThat(new WorkOverview(store).counts()).isEmpty();
  }

  @Test
  void aRedrivenLetterThatBlocksItsKeyRunsBeforeTheYounger() {
    AtomicBoolean mended = new AtomicBoolean();
    WorkKind<Note> strict = NOTE.blockingKeyWhenDead();
    handlers.add(strict, delivery -> {
      seen.add(delivery);
      return mended.get() ? Outcome.done() : Outcome.fail("bad");
    });
    store.run(tx -> {
      tx.enqueue(NewWork.of(strict, new Note("first")).key("k"));
      tx.enqueue(NewWork.of(strict, new Note("second")).key("k"));
    });
    workers.runAll();
    mended.set(true);
    dead.redrive(Filter.ALL, "ada");
    workers.runAll();
    assertThat(texts()).containsExactly("first", "first", "second");
  }

  @Test
  void anEditedPayloadMustBeOneOfItsKind() {
    handle(delivery -> delivery.payload().text().equals("good") ? Outcome.done() : Outcome.fail("bad"));
    WorkId id = enqueue("bad");
    workers.runAll();
    assertThatThrownBy(() -> dead.edit(id, "[]".getBytes(StandardCharsets.UTF_8), "ada"))
        .isInstanceOfSatisfying(FairwayException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID));
    assertThat(dead.show(id).orElseThrow().text()).isEqualTo("{\"text\":\"bad\"}");
    dead.edit(id, "{\"text\":\"good\"}".getBytes(StandardCharsets.UTF_8), "ada");
    dead.redrive(id, "ada");
    assertThat(workers.runAll()).isEqualTo(1);
    assertThat(dead.count(Filter.ALL)).isZero();
    assertThat(new Audit(store).list(Optional.of(id.toString()), Long.MAX_VALUE, 10)).extracting(Audit.Entry::act)
        .containsExactly("dead.redrive", "dead.edit");
  }

  @Test
  void aDryRunTellsWhatWouldHappenAndWritesNothing() {
    handle(delivery -> delivery.dryRun()
        ? Outcome.done(tx -> tx.append(new NewEvent("note.done", "s", "{}")))
        : Outcome.fail("bad"));
    WorkId id = enqueue("p");
    workers.runAll();
    assertThat(dead.tryDry(id, "ada")).isEqualTo(new DeadLetters.Tried("done", ""));
    assertThat(types()).containsExactly("work.dead");
    assertThat(dead.show(id)).isPresent();
    assertThat(new Audit(store).list(Optional.of(id.toString()), Long.MAX_VALUE, 10)).extracting(Audit.Entry::act)
        .containsExactly("dead.try");
  }

  @Test
  void theOverviewCountsByKindAndStateAndTellsTheOldestAge() {
    store.run(tx -> {
      tx.enqueue(NewWork.of(NOTE, new Note("ready")));
      tx.enqueue(NewWork.of(NOTE, new Note("later")).after(DAY));
    });
    clock.advance(Duration.ofMinutes(5));
    assertThat(new WorkOverview(store).counts()).containsExactly(
        new WorkOverview.Count("test.note", WorkOverview.State.READY, 1, Duration.ofMinutes(5)),
        new WorkOverview.Count("test.note", WorkOverview.State.SCHEDULED, 1, Duration.ZERO));
  }

  private static Filter filter(String kind, String key, String text) {
    return new Filter(given(kind), given(key), Optional.empty(), given(text));
  }

  private static Optional<String> given(String value) {
    return Optional.of(value).filter(v -> !v.isEmpty());
  }
}
