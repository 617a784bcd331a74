package dev.fairway.connectors.ledger;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.json.Json;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Query;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One binding's way along a ledger. Belongs to one thread. */
final class LedgerReader implements AutoCloseable {
  private static final String OFFSET = "offset";
  private static final int EVENTS = 1_000;
  /* Transactions of the ledger share one of the capture until it is this large. */
  private static final int BATCH_BYTES = 1 << 20;
  /* Where nothing visible happens, the place is saved this often, so that pruning does not overtake it. */
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final Ledger ledger;
  private final long snapshotBytes;
  private final CaptureSession<LedgerCapture.Resource> session;
  private final Capture.Bound<LedgerCapture.Resource> binding;
  private final Clock clock;
  private final LedgerStream stream;
  private final List<byte[]> snapshot = new ArrayList<>();
  private final List<ObjectNode> transaction = new ArrayList<>();
  private CaptureSession.Batch<LedgerCapture.Resource> batch;
  private Optional<LedgerEvent.TransactionBegin> begun = Optional.empty();
  private boolean inSnapshot;
  private long held;
  private String place;
  private String saved;
  private Instant savedAt;

  LedgerReader(Ledger ledger, Query query, long snapshotBytes,
      CaptureSession<LedgerCapture.Resource> session, Capture.Bound<LedgerCapture.Resource> binding, Clock clock) {
    this.ledger = ledger;
    this.snapshotBytes = snapshotBytes;
    this.session = session;
    this.binding = binding;
    this.clock = clock;
    Optional<String> last = session.state(binding).map(state -> state.path(OFFSET)).filter(JsonNode::isString)
        .map(JsonNode::stringValue);
    this.inSnapshot = last.isEmpty();
    this.place = last.orElse("");
    this.saved = place;
    this.savedAt = clock.instant();
    this.batch = session.batch();
    this.stream = ledger.open(query,
        last.<From>map(offset -> From.after(new Offset(offset))).orElseGet(From::snapshot));
  }

  /** Captures what there is, up to a bound, waiting for it if need be; false when there was nothing. */
  boolean step(Duration wait) throws InterruptedException {
    List<LedgerEvent> events = stream.read(EVENTS, wait);
    events.forEach(this::take);
    boolean quietForLong = !place.equals(saved) && !clock.instant().isBefore(savedAt.plus(QUIET));
    if (batch.bytes() > 0 || quietForLong) {
      commit();
    }
    return !events.isEmpty();
  }

  private void take(LedgerEvent event) {
    switch (event) {
      case LedgerEvent.TransactionBegin begin -> begun = Optional.of(begin);
      case LedgerEvent.Created created -> add(LedgerDocuments.created(created.contract()));
      case LedgerEvent.Archived archived -> add(LedgerDocuments.archived(archived));
      case LedgerEvent.SnapshotEnd end -> endSnapshot(end.offset());
      case LedgerEvent.TransactionEnd end -> endTransaction(end.offset());
      case LedgerEvent.Checkpoint checkpoint -> place = checkpoint.offset().value();
      case LedgerEvent.Pruned pruned -> throw new FairwayException(ErrorCode.CONFLICT,
          "ledger " + ledger.id() + " no longer has what follows offset " + place
              + pruned.oldest().map(offset -> " (it begins at " + offset + ")").orElse("")
              + ", so what happened since is"
              + " not known; raise \"backfill\" of " + binding.resource().stream() + " to begin with a new snapshot");
    }
  }

  private void add(ObjectNode document) {
    if (!inSnapshot) {
      begun.ifPresent(transactionBegin -> LedgerDocuments.in(document, transactionBegin));
      transaction.add(document);
      return;
    }
    // The offset is known at the snapshot's end only, and half a snapshot is of no use to anybody.
    byte[] text = Json.bytes(document);
    held += text.length;
    if (held > snapshotBytes) {
      throw new FairwayException(ErrorCode.TOO_LARGE, "the active contracts of " + binding.resource().stream()
          + " are more than snapshotBytes, " + snapshotBytes
          + "; raise it, or spread the templates over several bindings, each with a collection of its own");
    }
    snapshot.add(text);
  }

  private void endSnapshot(Offset offset) {
    snapshot.forEach(text -> batch.document(binding, LedgerDocuments.at(text, offset)));
    snapshot.clear();
    batch.document(binding, LedgerDocuments.snapshotEnd(offset));
    inSnapshot = false;
    place = offset.value();
    commit();
  }

  private void endTransaction(Offset offset) {
    if (!transaction.isEmpty()) {
      transaction.getLast().put(LedgerDocuments.LAST, true);
      transaction.forEach(document -> batch.document(binding, document));
      transaction.clear();
    }
    begun = Optional.empty();
    place = offset.value();
    if (batch.bytes() > BATCH_BYTES) {
      commit();
    }
  }

  /** What is in the batch are whole transactions of the ledger, so the place belongs to them. */
  private void commit() {
    batch.state(binding, Json.object().put(OFFSET, place)).commit();
    batch = session.batch();
    saved = place;
    savedAt = clock.instant();
  }

  @Override
  public void close() {
    stream.close();
  }
}
