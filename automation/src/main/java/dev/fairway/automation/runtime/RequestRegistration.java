package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.Requests;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplatePattern;
import java.util.function.Function;

/** Requests of a template, while their author says how they are read. */
record RequestRegistration<Q>(Registrations registrations, TemplatePattern pattern,
    Function<LedgerValue.Struct, Q> reader) implements Requests.Registration<Q> {
  @Override
  public <T> Requests.Registration<T> reading(Function<LedgerValue.Struct, T> other) {
    return new RequestRegistration<>(registrations, pattern, other);
  }

  @Override
  public <A> Requests.Accepting<Q, A> accepting(String choice, Function<A, LedgerValue.Struct> argument) {
    return new AnsweringRegistration<>(this, choice, argument);
  }
}
