/**
 * A ledger with parties, templates and contracts, as everything in a node that acts on one sees it. Start at
 * {@link Ledger}. The shape is that of the Daml Ledger API, versions 1 and 2, less what is particular to either: contracts
 * are created and archived by choices, a party sees only what it has a stake in, and a submission is one transaction or
 * nothing.
 *
 * <p>Nothing here keeps a place in a stream, retries, or counts attempts: that is whoever reads.
 */
@NullMarked
package dev.fairway.core.ledger;

import org.jspecify.annotations.NullMarked;
