/**
 * What every ledger promises, as tests, and a ledger in memory that keeps the promises. Start at
 * {@link dev.fairway.testing.ledger.LedgerContract}, or at {@link dev.fairway.testing.ledger.MemoryLedger} to test what
 * stands on a ledger.
 *
 * <p>The twin forgets everything when it is dropped, and can be told to fail the way ledgers far away do.
 */
@NullMarked
package dev.fairway.testing.ledger;

import org.jspecify.annotations.NullMarked;
