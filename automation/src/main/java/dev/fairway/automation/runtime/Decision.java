package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Request;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A handler's answer in the words of its template: what is left once the handler's own types have been used up. */
sealed interface Decision {
  /** @param argument of the choice that accepts */
  record Accept(LedgerValue.Struct argument) implements Decision {}

  /** @param argument of the choice that rejects; empty where the template has none */
  record Reject(RequestReason reason, Optional<LedgerValue.Struct> argument) implements Decision {}

  /** Not yet; no attempt is counted. */
  record Later(Duration after, String why) implements Decision {}

  /**
   * Asks the handler.
   *
   * @throws FairwayException with {@code INVALID} when the payload is none that it can read
   */
  static <Q, A> Decision of(Registrations.OnRequest<Q, A> handler, Asked asked) throws Exception {
    return switch (handler.handler().handle(asked.with(payload(handler, asked.contract())))) {
      case Answer.Accept<A>(A result) -> new Accept(handler.accepting().apply(result));
      case Answer.Reject<A> no -> new Reject(RequestReason.of(no), handler.reject().map(r -> r.argument().apply(no)));
      case Answer.Later<A>(Duration after, String why) -> new Later(after, why);
    };
  }

  /** @throws FairwayException with {@code INVALID} when it is none that the handler can read */
  static <Q> Q payload(Registrations.OnRequest<Q, ?> handler, Contract contract) {
    try {
      return handler.reader().apply(contract.payload());
    } catch (RuntimeException e) {
      throw new FairwayException(ErrorCode.INVALID, "the payload cannot be read: " + e.getMessage(), e);
    }
  }

  /** What a handler is asked, but for its own view of the payload. */
  record Asked(Contract contract, Attempt attempt,
      Instant deadline, BooleanSupplier cancelled) {
    private <Q> Request<Q> with(Q payload) {
      return new Given<>(this, payload);
    }
  }

  /** A request as a handler sees it. */
  record Given<Q>(Asked asked, Q payload) implements Request<Q> {
    @Override
    public Contract contract() {
      return asked.contract();
    }

    @Override
    public Attempt attempt() {
      return asked.attempt();
    }

    @Override
    public Instant deadline() {
      return asked.deadline();
    }

    @Override
    public boolean cancelled() {
      return asked.cancelled().getAsBoolean();
    }
  }
}
