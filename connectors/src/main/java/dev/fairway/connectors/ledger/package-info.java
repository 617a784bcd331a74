/**
 * A ledger captured: its active contracts and what happens after, as documents. Start at {@link LedgerCapture}. Keeping them as tables
 * is {@code materialize}; this room submits nothing to a ledger.
 */
@NullMarked
package dev.fairway.connectors.ledger;

import org.jspecify.annotations.NullMarked;
