/**
 * Calls and WebSockets to the outside, through one guarded client. Start at {@link dev.fairway.web.outbound.OutboundClient}; where it may
 * go is an {@link dev.fairway.web.outbound.EgressPolicy}.
 *
 * <p>Nothing here retries: what an outcome means for the work at hand is the caller's to say.
 */
@NullMarked
package dev.fairway.web.outbound;

import org.jspecify.annotations.NullMarked;
