/**
 * A ledger that speaks the Daml Ledger API v2 in its JSON form, over HTTP and WebSocket: Canton 3. Start at
 * {@link dev.fairway.daml.v2.DamlLedgerV2}.
 */
@NullMarked
package dev.fairway.daml.v2;

import org.jspecify.annotations.NullMarked;
