package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.RequestHandler;
import dev.fairway.automation.sdk.Requests;
import dev.fairway.core.ledger.LedgerValue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A handler that answers requests, while its author says how it accepts, rejects and is tried again. */
final class AnsweringRegistration<Q, A> implements Requests.Accepting<Q, A> {
  private final RequestRegistration<Q> request;
  private final String accept;
  private final Function<A, LedgerValue.Struct> accepting;
  private Registrations.@Nullable Refusal<A> reject;
  private boolean rejectDead;
  private @Nullable Function<Q, String> order;
  private int attempts = 5;
  private Duration age = Duration.ofDays(1);
  private Duration limit = Duration.ofMinutes(5);
  private int concurrency = 16;
  private OptionalInt workerHeap = OptionalInt.empty();

  AnsweringRegistration(RequestRegistration<Q> request, String accept, Function<A, LedgerValue.Struct> accepting) {
    this.request = request;
    this.accept = accept;
    this.accepting = accepting;
  }

  @Override
  public Requests.Accepting<Q, A> rejecting(String choice) {
    return rejecting(choice, AnsweringRegistration::reason);
  }

  @Override
  public Requests.Accepting<Q, A> rejecting(String choice, Function<Answer.Reject<A>, LedgerValue.Struct> argument) {
    reject = new Registrations.Refusal<>(choice, argument);
    return this;
  }

  @Override
  public Requests.Accepting<Q, A> rejectingWhatIsSetAside() {
    rejectDead = true;
    return this;
  }

  @Override
  public Requests.Accepting<Q, A> inOrderOf(Function<Q, String> key) {
    order = key;
    return this;
  }

  @Override
  public Requests.Accepting<Q, A> attempts(int most) {
    attempts = Registrations.within("attempts", most);
    return this;
  }

  @Override
  public Requests.Accepting<Q, A> within(Duration most) {
    age = most;
    return this;
  }

  @Override
  public Requests.Accepting<Q, A> timeLimit(Duration most) {
    limit = most;
    return this;
  }

  @Override
  public Requests.Accepting<Q, A> concurrency(int atOnce) {
    concurrency = Registrations.within("concurrency", atOnce);
    return this;
  }

  @Override
  public Requests.Accepting<Q, A> inWorker(int heapMegabytes) {
    if (heapMegabytes < 16 || heapMegabytes > 65_536) {
      throw new IllegalArgumentException("a worker's heap must be 16 to 65536 MB, is " + heapMegabytes);
    }
    workerHeap = OptionalInt.of(heapMegabytes);
    return this;
  }

  @Override
  public void handle(RequestHandler<Q, A> handler) {
    Registrations registrations = request.registrations();
    registrations.requireOpen();
    if (rejectDead && reject == null) {
      throw new IllegalArgumentException("what is set aside can be rejected only with a choice to reject by");
    }
    String id = Registrations.handlerId("request", request.pattern(), registrations.requests.keySet());
    registrations.requests.put(id,
        new Registrations.OnRequest<>(id, request.pattern(), request.reader(), accept, accepting,
            Optional.ofNullable(reject),
            rejectDead, Optional.ofNullable(order), attempts, age, limit, concurrency, workerHeap, handler,
            new Counters("Request")));
  }

  private static <A> LedgerValue.Struct reason(Answer.Reject<A> why) {
    var details = new LinkedHashMap<String, LedgerValue>();
    why.details().forEach((key, value) -> details.put(key, LedgerValue.text(value)));
    return LedgerValue.struct("reason",
        LedgerValue.struct("code", LedgerValue.text(why.code()), "message", LedgerValue.text(why.message()))
            .with("details", LedgerValue.textMap(details)).with("retryable", LedgerValue.bool(why.retryable())));
  }
}
