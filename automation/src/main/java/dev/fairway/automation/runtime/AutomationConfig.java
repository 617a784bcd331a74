package dev.fairway.automation.runtime;

import java.time.Duration;
import java.util.Map;

/**
 * How integrations are run.
 *
 * @param ledgerId the ledger that callers' tokens must be for ({@code ledgerId} of the claims)
 * @param authorization whether tokens can be checked at all; without, only public webhooks answer
 * @param webhookBody most bytes of a webhook's body
 * @param handlerLimit how long a handler of a contract, a transaction, a timer, a queue or a start may take before it is
 * interrupted
 * @param heard by integration, which events of the journal it may be told of; those that are not here, of all
 */
public record AutomationConfig(String ledgerId, boolean authorization, long webhookBody, Duration handlerLimit,
    Map<String, HeardKinds> heard) {
  /** Tokens for the ledger {@code cloudbox}, bodies of at most 100 MiB, 5 minutes, and everybody may hear everything. */
  public static final AutomationConfig DEFAULT = new AutomationConfig("cloudbox", true, 100 << 20,
      Duration.ofMinutes(5), Map.of());

  public AutomationConfig {
    if (webhookBody < 1) {
      throw new IllegalArgumentException("the limit of webhook bodies must be positive, is " + webhookBody);
    }
    if (!handlerLimit.isPositive()) {
      throw new IllegalArgumentException("the limit of handlers must be positive, is " + handlerLimit);
    }
    heard = Map.copyOf(heard);
  }

  /** Which events of the journal that integration may be told of. */
  public HeardKinds heardBy(String integration) {
    return heard.getOrDefault(integration, HeardKinds.ALL);
  }
}
