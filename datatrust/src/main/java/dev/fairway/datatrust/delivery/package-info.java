/**
 * Who may have which data: bytes are booked on a purchase before the first of them leaves, once for a listing and a purchase.
 * Start at {@link Deliveries}.
 *
 * <p>How bytes get to the buyer is {@code http}'s; how the booking gets to the chain is {@code task}'s.
 */
@NullMarked
package dev.fairway.datatrust.delivery;

import org.jspecify.annotations.NullMarked;
