package dev.fairway.daml.v2;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.socket.PulledSocket;
import dev.fairway.core.socket.PulledSocket.Signal;
import dev.fairway.daml.LedgerError;
import dev.fairway.daml.v2.Participant.Refused;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Contracts active at an offset, then updates after it. A token that runs out in the middle is replaced without the reader
 * noticing: updates go on from the last offset, a snapshot from its continuation token where the participant gives one.
 */
final class V2Stream implements LedgerStream {
  /** Asks the participant. */
  interface Calls {
    PulledSocket activeContracts(Offset at, Optional<String> continuation) throws Refused;

    PulledSocket updates(Offset after) throws Refused;

    Optional<Secret> token();

    /** Whether there may be another token. */
    boolean refused(Secret token);
  }

  /** Tokens that may be refused one after another before it is no longer a matter of time. */
  private static final int RENEWALS = 3;

  private final Calls calls;
  private final V2Events events;
  private final Deque<LedgerEvent> ready = new ArrayDeque<>();
  private volatile boolean closed;
  private volatile PulledSocket socket;
  private Optional<Secret> token;
  private boolean snapshot;
  private boolean anyContractTold;
  private @Nullable String continuation;
  private Offset reached;
  private int renewals;
  private boolean ended;

  V2Stream(Calls calls, V2Events events, Offset from, boolean snapshot) throws Refused {
    this.calls = calls;
    this.events = events;
    this.reached = from;
    this.snapshot = snapshot;
    this.token = calls.token();
    this.socket = open();
  }

  private PulledSocket open() throws Refused {
    return snapshot ? calls.activeContracts(reached, Optional.ofNullable(continuation)) : calls.updates(reached);
  }

  @Override
  public List<LedgerEvent> read(int limit, Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (ready.isEmpty() && !ended) {
      if (closed) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "the stream was closed");
      }
      Optional<Signal> signal = socket.poll(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      if (signal.isPresent()) {
        take(signal.get());
      } else if (System.nanoTime() >= deadline) {
        break;
      }
    }
    List<LedgerEvent> told = new ArrayList<>();
    while (told.size() < limit && !ready.isEmpty()) {
      told.add(ready.remove());
    }
    return told;
  }

  private void take(Signal signal) {
    switch (signal) {
      case Signal.Message(String text) -> {
        JsonNode message = Participant.parse(text);
        if (Participant.isError(message)) {
          failed(Participant.error(message));
          return;
        }
        renewals = 0;
        if (snapshot) {
          continuation = message.path("streamContinuationToken").asString(continuation);
          events.active(message.path("contractEntry")).ifPresent(event -> {
            ready.add(event);
            anyContractTold = true;
          });
        } else {
          told(events.update(message.path("update")));
        }
      }
      case Signal.Done(int code, String reason) -> {
        if (closed || !snapshot || code != 1000) {
          throw new FairwayException(ErrorCode.PEER_FAILED,
              "the participant ended the stream after " + reached + ": " + code + " " + reason);
        }
        ready.add(new LedgerEvent.SnapshotEnd(reached));
        snapshot = false;
        reopen("the updates");
      }
      case Signal.Failed(Throwable cause) ->
        throw new FairwayException(ErrorCode.PEER_FAILED, "the stream was lost after " + reached + ": " + cause, cause);
    }
  }

  private void told(List<LedgerEvent> update) {
    ready.addAll(update);
    reached = switch (update.getLast()) {
      case LedgerEvent.TransactionEnd(Offset offset, _) -> offset;
      case LedgerEvent.Checkpoint(Offset offset) -> offset;
      case LedgerEvent other -> throw new IllegalStateException("an update ends with its offset, not " + other);
    };
  }

  private void failed(LedgerError error) {
    if (error.isPruned()) {
      ready.add(new LedgerEvent.Pruned(Optional.ofNullable(error.context().get("earliest_offset")).map(Offset::new)));
      ended = true;
      return;
    }
    boolean canGoOn = !snapshot || !anyContractTold || continuation != null;
    if (!closed && canGoOn && renewals++ < RENEWALS && error.grpc() == LedgerError.UNAUTHENTICATED
        && token.filter(calls::refused).isPresent()) {
      socket.close();
      reopen("the stream with another token");
    } else {
      throw error.toException("the stream after " + reached, null);
    }
  }

  private void reopen(String what) {
    try {
      token = calls.token();
      socket = open();
      if (closed) {
        socket.close();
      }
    } catch (Refused e) {
      throw e.error().toException(what, e);
    }
  }

  @Override
  public void close() {
    closed = true;
    socket.close();
  }
}
