/**
 * A message's way onto a channel and off it: routed, posted, tracked until it is certain; observed, taken in once, its
 * documents fetched. Start at {@link dev.fairway.exchange.delivery.Route}; each step is a piece of work whose effect is
 * one transaction.
 *
 * <p>Which channel a message takes is decided in {@code routing}.
 */
@NullMarked
package dev.fairway.exchange.delivery;

import org.jspecify.annotations.NullMarked;
