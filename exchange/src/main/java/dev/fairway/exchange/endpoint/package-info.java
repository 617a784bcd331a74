/**
 * The Channel API over any channel this node has: a node elsewhere uses the channel through it as it would any other
 * endpoint. Start at {@link dev.fairway.exchange.endpoint.ChannelEndpoint}.
 */
@NullMarked
package dev.fairway.exchange.endpoint;

import org.jspecify.annotations.NullMarked;
