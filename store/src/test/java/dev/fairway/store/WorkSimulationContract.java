package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkId;
import dev.fairway.core.work.WorkKind;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.core.work.WorkQueue.Failure;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.core.work.WorkQueue.SettleResult;
import dev.fairway.core.work.WorkQueue.Settlement;
import dev.fairway.store.DeadLetters.Filter;
import dev.fairway.store.workers.Handlers;
import dev.fairway.testing.TestClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random enqueueing, leasing, settling, redriving and crashing against a model that keeps the same promises in plain
 * lists. A crash may come between any two writes. Prints its seed.
 */
abstract class WorkSimulationContract {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final List<WorkKind<String>> KINDS = List.of(WorkKind.of("sim.free", JsonCodec.of(String.class)),
      WorkKind.of("sim.strict", JsonCodec.of(String.class)).blockingKeyWhenDead());

  private final TestClock clock = new TestClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final TemporaryStore temporary = temporary(clock);
  private final List<Item> items = new ArrayList<>();
  private final Map<String, Item> heads = new HashMap<>();
  private final List<Lease> held = new ArrayList<>();
  private int next;

  abstract TemporaryStore temporary(Clock clock);

  abstract int steps();

  @AfterEach
  void close() {
    temporary.close();
  }

  private enum State {
    WAITING, LEASED, DEAD, DONE
  }

  private static final class Item {
    final int number;
    final WorkId id;
    final WorkKind<String> kind;
    final @Nullable String key;
    final @Nullable String unique;
    final int priority;
    Instant due;
    State state = State.WAITING;
    int attempts;
    Instant until = Instant.MIN;
    Optional<FailureClass> previous = Optional.empty();

    Item(int number, WorkId id, WorkKind<String> kind, @Nullable String key, @Nullable String unique, int priority,
        Instant due) {
      this.number = number;
      this.id = id;
      this.kind = kind;
      this.key = key;
      this.unique = unique;
      this.priority = priority;
      this.due = due;
    }

    String keyName() {
      return kind.name() + " " + key;
    }

    boolean blocks() {
      return state == State.WAITING || state == State.LEASED || (state == State.DEAD && kind.deadBlocksKey());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theQueueDoesWhatTheModelDoes(long seed) {
    simulate(seed);
  }

  @Test
  void theQueueDoesWhatTheModelDoesForAnySeed() {
    simulate(System.nanoTime());
  }

  private void simulate(long seed) {
    System.out.println(getClass().getSimpleName() + " seed " + seed);
    Random random = new Random(seed);
    for (int step = 0; step < steps(); step++) {
      int dice = random.nextInt(100);
      if (dice < 35) {
        enqueue(random);
      } else if (dice < 60) {
        lease(1 + random.nextInt(5), seed, step);
      } else if (dice < 85) {
        settle(random);
      } else if (dice < 93) {
        advance(random);
      } else if (dice < 96) {
        act(random);
      } else {
        crash();
      }
      heads.entrySet().removeIf(entry -> !entry.getValue().blocks());
      letIn();
    }
    drain(seed);
  }

  private void enqueue(Random random) {
    WorkKind<String> kind = KINDS.get(random.nextInt(KINDS.size()));
    String key = random.nextBoolean() ? "k" + random.nextInt(4) : null;
    String unique = random.nextInt(4) == 0 ? "u" + random.nextInt(5) : null;
    int priority = random.nextInt(3) * 4;
    Duration delay = random.nextInt(3) == 0 ? Duration.ofSeconds(random.nextInt(60)) : Duration.ZERO;
    boolean lost = random.nextInt(10) == 0;
    try {
      temporary.store().run(tx -> {
        NewWork<String> work = NewWork.of(kind, "w" + next).after(delay).priority(priority);
        work = key == null ? work : work.key(key);
        WorkId id = tx.enqueue(unique == null ? work : work.unique(unique));
        if (lost) {
          throw new IllegalArgumentException("the step fails after all");
        }
        boolean taken = unique != null && items.stream().anyMatch(
            item -> unique.equals(item.unique) && item.kind.equals(kind) && item.state != State.DONE);
        if (!taken) {
          tx.afterCommit(() -> items.add(new Item(next, id, kind, key, unique, priority, tx.now().plus(delay))));
        }
      });
    } catch (IllegalArgumentException e) {
      assertThat(lost).isTrue();
    }
    next++;
  }

  private void letIn() {
    items.stream().filter(item -> item.key != null && item.state == State.WAITING)
        .sorted(Comparator.comparingInt(item -> item.number)).forEach(item -> {
          boolean blocked = items.stream().anyMatch(other -> other.state == State.DEAD && other.kind.deadBlocksKey()
              && other.keyName().equals(item.keyName()));
          if (!blocked) {
            heads.putIfAbsent(item.keyName(), item);
          }
        });
  }

  private List<Item> leasable() {
    return items.stream()
        .filter(item -> item.state == State.WAITING && !item.due.isAfter(clock.instant())
            && (item.key == null || item.equals(heads.get(item.keyName()))))
        .sorted(Comparator.comparingInt((Item item) -> -item.priority).thenComparingInt(item -> item.number)).toList();
  }

  private int lease(int limit, long seed, int step) {
    List<Item> expected = leasable().stream().limit(limit).toList();
    List<Lease> leases = temporary.work()
        .lease(KINDS.stream().map(kind -> new Demand(kind.name(), limit, LEASE)).toList(), limit);
    assertThat(leases).as("seed %d step %d", seed, step).extracting(Lease::id)
        .containsExactlyElementsOf(expected.stream().map(item -> item.id).toList());
    for (int i = 0; i < leases.size(); i++) {
      Item item = expected.get(i);
      item.state = State.LEASED;
      item.attempts++;
      item.until = clock.instant().plus(LEASE);
      assertThat(leases.get(i).attempt()).isEqualTo(item.attempts);
      assertThat(leases.get(i).previous()).isEqualTo(item.previous);
    }
    held.addAll(leases);
    return leases.size();
  }

  private void settle(Random random) {
    if (held.isEmpty()) {
      return;
    }
    List<Settlement> settlements = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0 && !held.isEmpty(); i--) {
      Lease lease = held.remove(random.nextInt(held.size()));
      Failure failure = new Failure(FailureClass.RETRY, "fault " + random.nextInt(3));
      Instant due = clock.instant().plusSeconds(random.nextInt(20));
      settlements.add(switch (random.nextInt(5)) {
        case 0 -> new Settlement.Again(lease, due, failure, Outcome.NOTHING);
        case 1 -> new Settlement.Postpone(lease, due, Outcome.NOTHING);
        case 2 -> new Settlement.Bury(lease, failure, Outcome.NOTHING);
        default -> new Settlement.Finish(lease, Outcome.NOTHING);
      });
    }
    List<SettleResult> results = temporary.work().settle(settlements);
    for (int i = 0; i < results.size(); i++) {
      Settlement settlement = settlements.get(i);
      Item item = item(settlement.lease().id());
      boolean ours = item.state == State.LEASED && item.attempts == settlement.lease().attempt();
      assertThat(results.get(i)).isEqualTo(ours ? SettleResult.SETTLED : SettleResult.LEASE_LOST);
      if (ours) {
        apply(item, settlement);
      }
    }
  }

  private static void apply(Item item, Settlement settlement) {
    switch (settlement) {
      case Settlement.Finish _ -> item.state = State.DONE;
      case Settlement.Again again -> {
        item.state = State.WAITING;
        item.due = again.due();
        item.previous = Optional.of(again.failure().failureClass());
      }
      case Settlement.Postpone postpone -> {
        item.state = State.WAITING;
        item.due = postpone.due();
        item.attempts--;
      }
      case Settlement.Bury bury -> {
        item.state = State.DEAD;
        item.previous = Optional.of(bury.failure().failureClass());
      }
    }
  }

  private void advance(Random random) {
    clock.advance(Duration.ofSeconds(random.nextInt(40)));
    List<Item> lost = items.stream()
        .filter(item -> item.state == State.LEASED && !item.until.isAfter(clock.instant())).toList();
    assertThat(temporary.work().takeBack()).isEqualTo(lost.size());
    lost.forEach(WorkSimulationContract::takeBack);
  }

  private static void takeBack(Item item) {
    item.state = State.WAITING;
    item.previous = Optional.of(FailureClass.AMBIGUOUS);
  }

  private void act(Random random) {
    DeadLetters dead = new DeadLetters(temporary.store(), new Handlers());
    List<Item> letters = items.stream().filter(item -> item.state == State.DEAD).toList();
    assertThat(dead.count(Filter.ALL)).isEqualTo(letters.size());
    if (letters.isEmpty()) {
      return;
    }
    Item one = letters.get(random.nextInt(letters.size()));
    switch (random.nextInt(3)) {
      case 0 -> {
        dead.discard(one.id, "sim");
        one.state = State.DONE;
      }
      case 1 -> {
        dead.redrive(one.id, "sim");
        redriven(one);
      }
      default -> {
        assertThat(dead.redrive(Filter.ALL, "sim")).isEqualTo(letters.size());
        letters.forEach(this::redriven);
      }
    }
  }

  private void redriven(Item item) {
    item.state = State.WAITING;
    item.due = clock.instant();
    item.attempts = 0;
    // It stands where it was among those of its key that wait, but nobody who was let in meanwhile is put out.
    heads.remove(item.keyName(), item);
  }

  /* Those who hold leases do not know yet that they died; what they settle later must be refused. */
  private void crash() {
    temporary.reopen();
    if (temporary.store().shared()) {
      clock.advance(LEASE);
      temporary.work().takeBack();
    }
    items.stream().filter(item -> item.state == State.LEASED).forEach(WorkSimulationContract::takeBack);
  }

  private void drain(long seed) {
    while (items.stream().anyMatch(item -> item.state != State.DONE)) {
      clock.advance(Duration.ofMinutes(5));
      temporary.work().takeBack();
      items.stream().filter(item -> item.state == State.LEASED).forEach(WorkSimulationContract::takeBack);
      new DeadLetters(temporary.store(), new Handlers()).redrive(Filter.ALL, "sim");
      items.stream().filter(item -> item.state == State.DEAD).forEach(this::redriven);
      heads.entrySet().removeIf(entry -> !entry.getValue().blocks());
      letIn();
      held.clear();
      assertThat(lease(1_000, seed, -1)).as("nothing is stuck, seed %d", seed).isPositive();
      temporary.work().settle(
          held.stream().<Settlement>map(lease -> new Settlement.Finish(lease, Outcome.NOTHING)).toList());
      held.forEach(lease -> item(lease.id()).state = State.DONE);
    }
    assertThat(new WorkOverview(temporary.store()).counts()).isEmpty();
  }

  private Item item(WorkId id) {
    return items.stream().filter(item -> item.id.equals(id)).findFirst().orElseThrow();
  }
}
