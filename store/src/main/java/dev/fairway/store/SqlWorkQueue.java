package dev.fairway.store;

import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.work.WorkQueue;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** The queue of one process, which leases under a name of its own. */
final class SqlWorkQueue implements WorkQueue {
  private static final JsonMapper JSON = new JsonMapper();

  private final SqlStore store;
  private final Spine spine;
  private final String owner;

  SqlWorkQueue(SqlStore store, Spine spine, String owner) {
    this.store = store;
    this.spine = spine;
    this.owner = owner;
  }

  @Override
  public List<Lease> lease(List<Demand> wanted, int limit) {
    if (limit < 1 || limit > 10_000) {
      throw new IllegalArgumentException("limit must be 1 to 10000, is " + limit);
    }
    return store.write(tx -> spine.work.lease(tx.connection(), owner, Micros.of(tx.now()), wanted, limit));
  }

  @Override
  public List<SettleResult> settle(List<Settlement> settlements) {
    return store.write(tx -> settle((SpineTransaction) tx, settlements));
  }

  private List<SettleResult> settle(SpineTransaction tx, List<Settlement> settlements) throws SQLException {
    long now = Micros.of(tx.now());
    boolean[] held = new boolean[settlements.size()];
    Sorted<Settlement.Finish> finish = Sorted.of(Settlement.Finish.class, settlements);
    Sorted<Settlement.Again> again = Sorted.of(Settlement.Again.class, settlements);
    Sorted<Settlement.Postpone> postpone = Sorted.of(Settlement.Postpone.class, settlements);
    Sorted<Settlement.Bury> bury = Sorted.of(Settlement.Bury.class, settlements);
    if (!finish.all.isEmpty()) {
      finish.note(spine.work.finish(tx.connection(), owner, finish.all), held);
    }
    if (!again.all.isEmpty()) {
      again.note(spine.work.again(tx.connection(), owner, now, again.all), held);
    }
    if (!postpone.all.isEmpty()) {
      postpone.note(spine.work.postpone(tx.connection(), owner, postpone.all), held);
    }
    if (!bury.all.isEmpty()) {
      bury.note(spine.work.bury(tx.connection(), owner, now, bury.all), held);
    }
    List<SettleResult> results = new ArrayList<>(settlements.size());
    for (int i = 0; i < held.length; i++) {
      results.add(held[i] ? SettleResult.SETTLED : SettleResult.LEASE_LOST);
      if (held[i]) {
        afterwards(tx, settlements.get(i));
      }
    }
    return results;
  }

  private static void afterwards(SpineTransaction tx, Settlement settlement) throws SQLException {
    Lease lease = settlement.lease();
    settlement.effect().apply(tx);
    switch (settlement) {
      case Settlement.Finish _ -> lease.key().ifPresent(key -> tx.keyFreed(lease.kind(), key));
      case Settlement.Bury bury -> {
        lease.key().ifPresent(key -> tx.keyFreed(lease.kind(), key));
        tx.append(new NewEvent("work.dead", lease.id().toString(),
            JSON.writeValueAsString(Map.of("work", lease.id().toString(), "kind", lease.kind(), "key",
                lease.key().orElse(""), "attempts", lease.attempt(), "why", bury.failure().why()))));
      }
      case Settlement.Again _,Settlement.Postpone _ -> tx.workChanged();
    }
  }

  /** The settlements of one kind, and where each stood among all. */
  private record Sorted<S extends Settlement>(List<S> all, List<Integer> places) {
    static <S extends Settlement> Sorted<S> of(Class<S> type, List<Settlement> settlements) {
      List<S> all = new ArrayList<>(settlements.size());
      List<Integer> places = new ArrayList<>(settlements.size());
      for (int i = 0; i < settlements.size(); i++) {
        if (type.isInstance(settlements.get(i))) {
          places.add(i);
          all.add(type.cast(settlements.get(i)));
        }
      }
      return new Sorted<>(all, places);
    }

    void note(boolean[] answers, boolean[] held) {
      for (int i = 0; i < answers.length; i++) {
        held[places.get(i)] = answers[i];
      }
    }
  }

  @Override
  public List<Lease> renew(List<Lease> leases, Duration lease) {
    return store.write(tx -> {
      boolean[] held = spine.work.renew(tx.connection(), owner, Micros.of(tx.now().plus(lease)), leases);
      List<Lease> lost = new ArrayList<>();
      for (int i = 0; i < held.length; i++) {
        if (!held[i]) {
          lost.add(leases.get(i));
        }
      }
      return lost;
    });
  }

  @Override
  public int takeBack() {
    return store.write(tx -> {
      int lost = spine.work.takeBackExpired(tx.connection(), Micros.of(tx.now()));
      if (lost > 0) {
        ((SpineTransaction) tx).workChanged();
      }
      return lost;
    });
  }

  @Override
  public Optional<Instant> nextDue() {
    return store.read(view -> spine.work.nextDue(view.connection())).map(Micros::instant);
  }

  @Override
  public void onWork(Runnable listener) {
    spine.onWork(listener);
  }
}
