/**
 * Which channel a message shall cross. Start at {@link dev.fairway.exchange.routing.RoutingTable#route}: a pure decision
 * that can explain itself.
 */
@NullMarked
package dev.fairway.exchange.routing;

import org.jspecify.annotations.NullMarked;
