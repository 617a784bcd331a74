package dev.fairway.websub.subscriber;

import dev.fairway.web.outbound.TokenSource;
import java.util.Optional;

/** What a channel's hub wants to see before it takes a subscription. Safe for many threads. */
@FunctionalInterface
public interface HubAccess {
  HubAccess OPEN = _ -> Optional.empty();

  /** Gives tokens for the hub of the channel; empty when it asks for none. */
  Optional<TokenSource> of(String channel);
}
