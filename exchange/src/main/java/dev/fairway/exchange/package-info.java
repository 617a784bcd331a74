/**
 * Messages and documents between jurisdictions. A business hands a message in, the exchange finds the channel it shall
 * cross, follows it until it is certain, fetches the documents of what arrives, and tells who subscribed.
 *
 * <p>Start at {@link dev.fairway.exchange.Exchange}, which puts the parts together; the way of one message is
 * {@code message} (accept), {@code routing} (choose), {@code delivery} (post, track, receive) and {@code document}
 * (fetch). Channels that need no chain are in {@code channel}.
 *
 * <p>It keeps nothing itself: state, work and the journal are the store's, bytes are the blobs', and callbacks are
 * {@code websub}'s.
 */
@NullMarked
package dev.fairway.exchange;

import org.jspecify.annotations.NullMarked;
