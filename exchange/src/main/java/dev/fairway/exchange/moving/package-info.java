/**
 * Moving in: takes over what an older node of this kind kept, message by message. Start at
 * {@link dev.fairway.exchange.moving.MovingIn}.
 *
 * <p>Its routing table is read by {@code routing}. Its queues are not read: what they held follows from the rest.
 */
@NullMarked
package dev.fairway.exchange.moving;

import org.jspecify.annotations.NullMarked;
