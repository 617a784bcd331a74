/**
 * A channel without a medium: each node hands its messages straight to the receiver's, signed. Start at
 * {@link dev.fairway.exchange.simplex.SimplexChannel}.
 *
 * <p>Keys are the operators' to exchange; there is no authority that vouches for them.
 */
@NullMarked
package dev.fairway.exchange.simplex;

import org.jspecify.annotations.NullMarked;
