/**
 * A datatrust: data that a market on an Ethereum chain votes on and sells, held by this node and delivered only to who paid.
 *
 * <p>Start at {@link dev.fairway.datatrust.Datatrust}. {@code market} is the chain's side: the seven contracts, what they take,
 * answer and tell, and how to deploy them. {@code index} follows what the market tells; {@code listing} takes data in,
 * {@code object} keeps it sealed, {@code delivery} books and gives it, {@code task} reports what is under way, {@code identity}
 * knows who asks, and {@code http} speaks with the market's clients.
 *
 * <p>This room decides nothing about what is listed or what it costs; that is the market's.
 */
@NullMarked
package dev.fairway.datatrust;

import org.jspecify.annotations.NullMarked;
