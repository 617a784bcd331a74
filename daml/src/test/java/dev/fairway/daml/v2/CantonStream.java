package dev.fairway.daml.v2;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.testing.ledger.MemoryLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One stream that a client has open with a {@link CantonDouble}. Public because Jetty makes it so. */
public final class CantonStream implements Session.Listener.AutoDemanding {
  private final String path;
  private final MemoryLedger ledger;
  private final CantonModel model;
  private final CantonCommands commands;
  private final CantonStreams streams;
  private volatile @Nullable Session session;
  private volatile @Nullable LedgerStream stream;

  CantonStream(String path, MemoryLedger ledger, CantonModel model, CantonCommands commands, CantonStreams streams) {
    this.path = path;
    this.ledger = ledger;
    this.model = model;
    this.commands = commands;
    this.streams = streams;
  }

  @Override
  public void onWebSocketOpen(Session opened) {
    session = opened;
    streams.opened(opened);
  }

  @Override
  public void onWebSocketText(String message) {
    Thread.ofVirtual().start(() -> serve(CantonJson.MAPPER.readTree(message)));
  }

  @Override
  public void onWebSocketClose(int code, @Nullable String reason,
      org.eclipse.jetty.websocket.api.Callback callback) {
    streams.closed(Objects.requireNonNull(session));
    LedgerStream open = stream;
    if (open != null) {
      open.close();
    }
    callback.succeed();
  }

  @Override
  public void onWebSocketError(Throwable cause) {
    // A client that goes away without a word is nothing unusual.
    LedgerStream open = stream;
    if (open != null) {
      open.close();
    }
  }

  private void serve(JsonNode request) {
    try {
      switch (path) {
        case "/v2/state/active-contracts" -> activeContracts(request);
        case "/v2/updates" -> updates(request);
        default -> completions(request);
      }
    } catch (CantonProblem e) {
      send(e.body());
      close();
    } catch (FairwayException e) {
      // The client went away.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the frame is on its way, so that a client that does not read holds this back. */
  private void send(Object json) {
    var sent = new org.eclipse.jetty.websocket.api.Callback.Completable();
    Objects.requireNonNull(session).sendText(CantonJson.MAPPER.writeValueAsString(json), sent);
    try {
      sent.join();
    } catch (RuntimeException e) {
      throw new FairwayException(dev.fairway.core.ErrorCode.PEER_FAILED, "the client is gone", e);
    }
  }

  private void close() {
    Objects.requireNonNull(session).close(1000, "", org.eclipse.jetty.websocket.api.Callback.NOOP);
  }

  private void activeContracts(JsonNode request) throws InterruptedException {
    CantonJson.fields(request, "the request", "activeAtOffset", "eventFormat", "?streamContinuationToken");
    int skip = request.path("streamContinuationToken").asInt(0);
    try (LedgerStream open = ledger.open(model.query(request.path("eventFormat")),
        new From.SnapshotAt(offset(request, "activeAtOffset")))) {
      int sent = 0;
      while (true) {
        for (LedgerEvent event : open.read(100, Duration.ofSeconds(1))) {
          switch (event) {
            case LedgerEvent.Created(Contract contract) -> {
              if (++sent > skip) {
                send(Map.of("workflowId", "", "contractEntry",
                    Map.of("JsActiveContract",
                        Map.of("createdEvent", model.created(contract, 1), "synchronizerId",
                            "sync" + CantonDouble.FINGERPRINT,
                            "reassignmentCounter", 0)),
                    "streamContinuationToken", Integer.toString(sent)));
                if (streams.breaksSnapshot()) {
                  throw CantonProblem.unauthenticated("the token has expired");
                }
              }
            }
            case LedgerEvent.SnapshotEnd _ -> {
              close();
              return;
            }
            case LedgerEvent.Pruned(var oldest) -> throw CantonProblem.pruned(oldest);
            default -> throw new IllegalStateException(event.toString());
          }
        }
      }
    }
  }

  private void updates(JsonNode request) throws InterruptedException {
    CantonJson.fields(request, "the request", "beginExclusive", "updateFormat", "?endInclusive", "?descendingOrder");
    JsonNode format = request.path("updateFormat");
    CantonJson.fields(format, "updateFormat", "includeTransactions", "?includeReassignments", "?includeTopologyEvents");
    CantonJson.fields(format.path("includeTransactions"), "includeTransactions", "eventFormat", "transactionShape");
    if (!CantonJson.text(format.path("includeTransactions"), "transactionShape")
        .equals("TRANSACTION_SHAPE_ACS_DELTA")) {
      throw CantonProblem.malformed("only the shape TRANSACTION_SHAPE_ACS_DELTA is known here");
    }
    LedgerStream open = ledger.open(model.query(format.path("includeTransactions").path("eventFormat")),
        new From.After(offset(request, "beginExclusive")));
    stream = open;
    Map<String, Object> transaction = new LinkedHashMap<>();
    List<Object> events = new ArrayList<>();
    long at = 0;
    while (true) {
      for (LedgerEvent event : open.read(100, Duration.ofMillis(500))) {
        switch (event) {
          case LedgerEvent.TransactionBegin(Offset offset, String id, var commandId, var workflowId, Instant time) -> {
            transaction = new LinkedHashMap<>();
            events = new ArrayList<>();
            at = CantonJson.number(offset);
            transaction.put("updateId", id);
            commandId.ifPresent(transaction(transaction, "commandId"));
            workflowId.ifPresent(transaction(transaction, "workflowId"));
            transaction.put("effectiveAt", time.toString());
            transaction.put("offset", at);
            transaction.put("synchronizerId", "sync" + CantonDouble.FINGERPRINT);
            transaction.put("recordTime", time.toString());
          }
          case LedgerEvent.Created(Contract contract) ->
            events.add(Map.of("CreatedEvent", model.created(contract, at)));
          case LedgerEvent.Archived(ContractId id, TemplateId template, _) ->
            events.add(Map.of("ArchivedEvent",
                model.archived(id, template, at, events.size())));
          case LedgerEvent.TransactionEnd _ -> {
            transaction.put("events", events);
            send(Map.of("update", Map.of("Transaction", Map.of("value", transaction))));
          }
          case LedgerEvent.Checkpoint(Offset offset) -> send(Map.of("update", Map.of("OffsetCheckpoint",
              Map.of("value", Map.of("offset", CantonJson.number(offset), "synchronizerTimes", List.of())))));
          case LedgerEvent.Pruned(var oldest) -> throw CantonProblem.pruned(oldest);
          case LedgerEvent.SnapshotEnd _ -> throw new IllegalStateException("no snapshot was asked for");
        }
      }
    }
  }

  private static java.util.function.Consumer<String> transaction(Map<String, Object> json, String field) {
    return value -> json.put(field, value);
  }

  private void completions(JsonNode request) {
    CantonJson.fields(request, "the request", "?userId", "parties", "beginExclusive");
    Set<String> parties = new TreeSet<>();
    request.path("parties").forEach(party -> parties.add(party.asString()));
    long begin = CantonJson.number(offset(request, "beginExclusive"));
    commands.completions(request.path("userId").asString(""), parties, begin)
        .forEach(json -> send(Map.of("completionResponse", Map.of("Completion", Map.of("value", json)))));
    send(Map.of("completionResponse", Map.of("OffsetCheckpoint",
        Map.of("value", Map.of("offset", CantonJson.number(ledger.end()), "synchronizerTimes", List.of())))));
  }

  private Offset offset(JsonNode request, String field) {
    JsonNode offset = request.path(field);
    if (!offset.isIntegralNumber() || offset.asLong() < 0) {
      throw CantonProblem.malformed(field + " must be a whole number");
    }
    if (offset.asLong() > CantonJson.number(ledger.end())) {
      throw new CantonProblem(400, "OFFSET_AFTER_LEDGER_END", 12, 11, field + " is after the end", Map.of());
    }
    return offset.asLong() == 0 ? Offset.BEGIN : new Offset(Long.toString(offset.asLong()));
  }
}
