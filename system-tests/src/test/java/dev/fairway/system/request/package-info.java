/**
 * Requests on ledgers: what requesters and operators may rely on, each guarantee a test, on the node's own ledger and on a
 * real Daml ledger. Start at {@link dev.fairway.system.request.RequestGuaranteesContract}.
 */
@NullMarked
package dev.fairway.system.request;

import org.jspecify.annotations.NullMarked;
