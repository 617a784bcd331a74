package dev.fairway.automation.sdk;

/** Who may call a webhook. */
public enum Authorization {
  /** Anyone. */
  PUBLIC,
  /** Whoever has a valid token for the ledger. */
  ANY_PARTY,
  /** Whoever has a token of the integration's own party. */
  INTEGRATION_PARTY
}
