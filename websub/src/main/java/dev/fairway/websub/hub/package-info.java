/**
 * The hub: takes subscriptions, verifies that they are meant, and tells subscribers what the journal says. Start at
 * {@link Hub}; {@link Hubs} runs several side by side, one per scope.
 *
 * <p>A hub does not know what events mean. Its door maps each to {@link Publication}s.
 */
@NullMarked
package dev.fairway.websub.hub;

import org.jspecify.annotations.NullMarked;
