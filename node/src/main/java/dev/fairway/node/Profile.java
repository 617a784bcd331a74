package dev.fairway.node;

/** How much a node trusts what reaches it. */
public enum Profile {
  /** Everyone must show who they are; outbound calls go to public addresses unless a host is named as trusted. */
  PRODUCTION,
  /** Nobody needs credentials, callbacks to loopback are allowed, and old clients' pretended tokens are read. Loopback only. */
  DEV
}
