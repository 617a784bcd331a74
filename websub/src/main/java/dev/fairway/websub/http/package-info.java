/**
 * WebSub's routes: the Subscriptions API with topic pages, the subscription part of a channel endpoint, and the callbacks of
 * this node's own subscriptions. Each builder gives routes that a door mounts under its prefix.
 */
@NullMarked
package dev.fairway.websub.http;

import org.jspecify.annotations.NullMarked;
