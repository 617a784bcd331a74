package dev.fairway.daml;

import dev.fairway.core.Secret;
import java.util.Optional;

/** Where the tokens come from that a ledger wants to see. Safe for many threads. */
public interface AccessTokens {
  /** For a ledger that asks nobody who he is. */
  AccessTokens NONE = new AccessTokens() {
    @Override
    public Optional<Secret> current() {
      return Optional.empty();
    }

    @Override
    public boolean refused(Secret token) {
      return false;
    }
  };

  /**
   * A token to send now; may ask for a fresh one and wait for it.
   *
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} or {@code UNAUTHENTICATED} when there is none to be
   * had
   */
  Optional<Secret> current();

  /** Told that a ledger refused the token; true when {@link #current} has, or may get, another than that. */
  boolean refused(Secret token);

  /** The same token always. */
  static AccessTokens fixed(Secret token) {
    return new AccessTokens() {
      @Override
      public Optional<Secret> current() {
        return Optional.of(token);
      }

      @Override
      public boolean refused(Secret refused) {
        return false;
      }
    };
  }
}
