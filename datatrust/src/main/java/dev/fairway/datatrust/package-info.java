/**
 * A datatrust: data that a market on an Ethereum chain votes on and sells, held by this node and delivered only to who paid.
 *
 * <p>{@code market} is the chain's side: the seven contracts, what they take, answer and tell, and how to deploy them.
 *
 * <p>This room decides nothing about what is listed or what it costs; that is the market's.
 */
@NullMarked
package dev.fairway.datatrust;

import org.jspecify.annotations.NullMarked;
