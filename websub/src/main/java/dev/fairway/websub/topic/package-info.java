/**
 * Topics: dotted words that a subscription names and an event is told under. Start at {@link Topic}; {@link TopicIndex} finds
 * the subscriptions of an event.
 *
 * <p>This package knows nothing of callbacks, leases or HTTP.
 */
@NullMarked
package dev.fairway.websub.topic;

import org.jspecify.annotations.NullMarked;
