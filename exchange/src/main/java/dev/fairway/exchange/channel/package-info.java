/**
 * Channels that need no chain: a shared database, any Channel API endpoint over HTTP, and the endpoint itself, which
 * serves any {@link dev.fairway.core.channel.Channel}.
 */
@NullMarked
package dev.fairway.exchange.channel;

import org.jspecify.annotations.NullMarked;
