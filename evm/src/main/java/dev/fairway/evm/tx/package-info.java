/**
 * Transactions that are recorded before they are sent and mined at most once. Start at {@link Transactions}.
 *
 * <p>It knows nothing of contracts: what a transaction carries is the caller's business.
 */
@NullMarked
package dev.fairway.evm.tx;

import org.jspecify.annotations.NullMarked;
