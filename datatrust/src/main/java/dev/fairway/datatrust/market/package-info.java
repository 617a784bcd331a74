/**
 * The market's contracts as a client sees them. Start at {@link MarketContracts} for who they are, {@link MarketCalls} for
 * what they take, {@link MarketReader} for what they answer, {@link MarketEvent} for what they tell, and
 * {@link MarketDeployment} to make some. A {@link Wallet} sends transactions for a person who waits for them.
 *
 * <p>Their source is in {@code src/main/solidity}; contracts of other makers with the same interface do as well. What the
 * node itself sends goes through recorded transactions and not through here.
 */
@NullMarked
package dev.fairway.datatrust.market;

import org.jspecify.annotations.NullMarked;
