/**
 * W3C WebSub (Recommendation of 2018-01-23) on the spine: a hub that tells subscribers what happened, and a subscriber that
 * lets itself be told by other hubs. Start at {@link dev.fairway.websub.hub.Hub} and
 * {@link dev.fairway.websub.subscriber.Subscriber}.
 *
 * <p>Every call to the outside is work, so a request for a subscription, a verification and a notification outlive the
 * process. What is told is decided by the doors: they map journal events to publications, and nothing here knows what a
 * message is.
 */
@NullMarked
package dev.fairway.websub;

import org.jspecify.annotations.NullMarked;
