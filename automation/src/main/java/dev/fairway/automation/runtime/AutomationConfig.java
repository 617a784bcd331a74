package dev.fairway.automation.runtime;

/**
 * How integrations are run.
 *
 * @param ledgerId the ledger that callers' tokens must be for ({@code ledgerId} of the claims)
 * @param authorization whether tokens can be checked at all; without, only public webhooks answer
 * @param webhookBody most bytes of a webhook's body
 */
public record AutomationConfig(String ledgerId, boolean authorization, long webhookBody) {
  /** Tokens for the ledger {@code cloudbox}, bodies of at most 100 MiB. */
  public static final AutomationConfig DEFAULT = new AutomationConfig("cloudbox", true, 100 << 20);

  public AutomationConfig {
    if (webhookBody < 1) {
      throw new IllegalArgumentException("the limit of webhook bodies must be positive, is " + webhookBody);
    }
  }
}
