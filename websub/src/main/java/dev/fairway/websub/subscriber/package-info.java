/**
 * This node as a subscriber at other hubs. Start at {@link Subscriber}: it keeps one subscription per channel and topic alive,
 * answers the hubs' questions, and says which notifications are genuine.
 *
 * <p>What a notification means is for whoever takes it.
 */
@NullMarked
package dev.fairway.websub.subscriber;

import org.jspecify.annotations.NullMarked;
