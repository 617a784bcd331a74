/**
 * A ledger that speaks the Daml Ledger API v1 over gRPC: Daml Connect 1.x and Daml 2.x. Start at
 * {@link dev.fairway.daml.v1.DamlLedgerV1}.
 */
@NullMarked
package dev.fairway.daml.v1;

import org.jspecify.annotations.NullMarked;
