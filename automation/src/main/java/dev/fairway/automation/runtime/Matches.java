package dev.fairway.automation.runtime;

import dev.fairway.core.ledger.Contract;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks what an integration's author wrote about contracts, while its ledger is read: whether a handler wants one, and what
 * a request's order key is. It may throw, recurse without end or hang, so it runs as handlers do; a contract it cannot be
 * asked about goes to its handler as one that is to be asked about again, with the attempts of any delivery, and what
 * reads the ledger goes on with the next. Never to be called within a transaction.
 */
final class Matches {
  private static final Logger LOG = LoggerFactory.getLogger(Matches.class);
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final String integration;
  private final ClassLoader loader;
  private final TimeLimits limits;
  private final Duration limit;

  Matches(String integration, ClassLoader loader, TimeLimits limits) {
    this(integration, loader, limits, LIMIT);
  }

  /** @param limit how long an answer may take */
  Matches(String integration, ClassLoader loader, TimeLimits limits, Duration limit) {
    this.integration = integration;
    this.loader = loader;
    this.limits = limits;
    this.limit = limit;
  }

  /** Whether a handler wants a contract. */
  enum Verdict {
    YES, NO,
    /** It could not be said; to be asked again when the contract is delivered. */
    UNKNOWN
  }

  /**
   * The order key of a request.
   *
   * @param key empty where there is none
   * @param known whether it could be said
   */
  record Order(Optional<String> key, boolean known) {}

  Verdict of(Registrations.OnContract<?> handler, Contract contract) {
    Verdict byTemplate = byTemplate(handler, contract);
    return byTemplate == Verdict.UNKNOWN
        ? contained(handler.id(), contract, () -> handler.match().test(contract.payload()))
            .map(wanted -> wanted ? Verdict.YES : Verdict.NO).orElse(Verdict.UNKNOWN)
        : byTemplate;
  }

  /** The same without asking the integration's author. */
  static Verdict byTemplate(Registrations.OnContract<?> handler, Contract contract) {
    if (!handler.pattern().matches(contract.template(), contract.packageName())) {
      return Verdict.NO;
    }
    return handler.match().equals(Registrations.ANY) ? Verdict.YES : Verdict.UNKNOWN;
  }

  <Q> Order order(Registrations.OnRequest<Q, ?> handler, Contract contract) {
    if (handler.order().isEmpty()) {
      return new Order(Optional.empty(), true);
    }
    Optional<Optional<String>> key = contained(handler.id(), contract,
        () -> Optional.ofNullable(handler.order().get().apply(handler.reader().apply(contract.payload()))));
    return new Order(key.flatMap(said -> said), key.isPresent());
  }

  private <T> Optional<T> contained(String handler, Contract contract, Callable<T> question) {
    try {
      return Optional.of(limits.within(limit, () -> RunningIntegration.inLoader(loader, question)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (Exception e) {
      LOG.warn(
          "cannot say what becomes of a contract, its handler is asked again integration={} handler={} contract={} "
              + "why={}",
          integration, handler, contract.id(), e.toString());
      return Optional.empty();
    }
  }
}
