/**
 * What makers hand in: streamed, hashed, encrypted, checked against the chain, and confirmed on it. Start at {@link Uploads}.
 *
 * <p>Whether something is listed or under vote is the market's to say; this keeps the data and what their makers say of them.
 */
@NullMarked
package dev.fairway.datatrust.listing;

import org.jspecify.annotations.NullMarked;
