/**
 * Messages: what makes one valid, how it is stored, its states, and the Message API. Start at
 * {@link dev.fairway.exchange.message.Messages}.
 *
 * <p>How a message leaves or arrives is {@code delivery}.
 */
@NullMarked
package dev.fairway.exchange.message;

import org.jspecify.annotations.NullMarked;
