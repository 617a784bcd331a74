/**
 * What a market's contracts told, kept so that reads need no chain. Start at {@link MarketIndex}.
 *
 * <p>Only what is certain is shown; a fork is undone by itself. What the contracts tell in no event (votes, balances, open
 * purchases) is asked of them by {@code market}.
 */
@NullMarked
package dev.fairway.datatrust.index;

import org.jspecify.annotations.NullMarked;
