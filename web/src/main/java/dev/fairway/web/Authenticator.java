package dev.fairway.web;

import java.util.Optional;

/** Says who calls. Safe for many threads. */
public interface Authenticator {
  /**
   * Names the caller.
   *
   * @param authorization the {@code Authorization} header, if there is exactly one
   * @return {@link Caller#ANONYMOUS} when there is none
   * @throws dev.fairway.core.FairwayException with {@code UNAUTHENTICATED} when it cannot be believed
   */
  Caller identify(Optional<String> authorization);
}
