package dev.fairway.connectors.ingest;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.capture.CaptureSink;
import dev.fairway.connectors.collection.BadDocumentException;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes deliveries from an inlet to a collection: those that wait share a transaction, while the one before is still written. Belongs to
 * one thread.
 */
final class IngestSession {
  private static final Duration LISTEN = Duration.ofMillis(500);
  private static final Duration TIDY = Duration.ofMinutes(10);

  private final List<IngestResource> resources;
  private final List<DeliveryTable> tables;
  private final Store store;
  private final CaptureSink sink;
  private final Clock clock;
  /* Names on their way to the table: what comes again meanwhile waits for the first. */
  private final Map<Name, Delivery> underWay = new ConcurrentHashMap<>();
  private final JsonCursor cursor = new JsonCursor();
  private final Members members = new Members();
  private Instant tidied = Instant.EPOCH;

  IngestSession(CaptureSpec spec, List<IngestResource> resources, Store store, CaptureSink sink, Clock clock) {
    this.resources = resources;
    this.tables = spec.bindings().stream().map(binding -> new DeliveryTable(spec.name(), binding.stateKey())).toList();
    this.store = store;
    this.sink = sink;
    this.clock = clock;
  }

  private record Name(int binding, String id) {
    static Name of(Delivery delivery) {
      return new Name(delivery.binding(), delivery.id());
    }
  }

  void run(Inlet inlet) throws InterruptedException {
    while (!sink.stopping()) {
      List<Delivery> taken = inlet.take(LISTEN);
      if (taken.isEmpty()) {
        continue;
      }
      try {
        take(taken);
      } catch (RuntimeException e) {
        taken.forEach(IngestSession::sendAway);
        throw e;
      }
    }
  }

  private void take(List<Delivery> taken) {
    // Asked before the table is: what is no longer under way is in the table by then.
    List<Delivery> fresh = taken.stream().filter(delivery -> !follows(delivery)).toList();
    Set<Name> known = known(fresh);
    List<Delivery> written = new ArrayList<>();
    for (Delivery delivery : fresh) {
      if (known.contains(Name.of(delivery))) {
        delivery.done().complete(true);
      } else if (!follows(delivery) && write(delivery)) {
        written.add(delivery);
        if (delivery.named()) {
          underWay.put(Name.of(delivery), delivery);
        }
      }
    }
    if (written.isEmpty()) {
      return;
    }
    boolean tidy = clock.instant().isAfter(tidied.plus(TIDY));
    if (tidy) {
      tidied = clock.instant();
    }
    CompletableFuture<Void> durable = sink.checkpoint(state -> state, tx -> remember(tx, written, tidy));
    for (Delivery delivery : written) {
      settle(delivery, durable.thenApply(_ -> false).whenComplete((_, _) -> underWay.remove(Name.of(delivery))));
    }
  }

  /** Whether the same delivery is under way; then its outcome is this one's too. */
  private boolean follows(Delivery delivery) {
    Delivery first = delivery.named() ? underWay.get(Name.of(delivery)) : null;
    if (first != null) {
      settle(delivery, first.done().thenApply(_ -> true));
    }
    return first != null;
  }

  private static void settle(Delivery delivery, CompletableFuture<Boolean> outcome) {
    var _ = outcome.whenComplete((before, failure) -> {
      if (failure == null) {
        delivery.done().complete(before);
      } else {
        sendAway(delivery);
      }
    });
  }

  /* What failed may be another sender's document, so nobody is told what it was. */
  private static void sendAway(Delivery delivery) {
    delivery.done().completeExceptionally(Inlets.unavailable("the capture's session has ended"));
  }

  private Set<Name> known(List<Delivery> deliveries) {
    Set<Name> known = new HashSet<>();
    store.read(view -> {
      for (int i = 0; i < tables.size(); i++) {
        int binding = i;
        List<String> ids = deliveries.stream().filter(delivery -> delivery.named() && delivery.binding() == binding)
            .map(Delivery::id).distinct().toList();
        Instant since = clock.instant().minus(resources.get(i).remember());
        tables.get(i).known(view, ids, since).forEach(id -> known.add(new Name(binding, id)));
      }
      return known;
    });
    return known;
  }

  /** False when the document cannot be in the collection, which is its sender's matter and no reason to end the session. */
  private boolean write(Delivery delivery) {
    cursor.reset(delivery.json(), 0, delivery.json().length);
    members.read(delivery.json(), cursor);
    try {
      sink.document(delivery.binding(), members, DocumentWriter.NO_ROW, "");
      return true;
    } catch (BadDocumentException e) {
      delivery.done().completeExceptionally(e);
      return false;
    }
  }

  private void remember(Transaction tx, List<Delivery> written, boolean tidy) throws SQLException {
    for (int i = 0; i < tables.size(); i++) {
      int binding = i;
      tables.get(i).remember(tx, written.stream().filter(delivery -> delivery.named() && delivery.binding() == binding)
          .map(Delivery::id).toList());
      if (tidy) {
        tables.get(i).forget(tx, tx.now().minus(resources.get(i).remember()));
      }
    }
  }
}
