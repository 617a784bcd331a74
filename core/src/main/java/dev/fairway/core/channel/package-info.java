/**
 * How a message crosses from one jurisdiction to another. Start at {@link Channel}, which every medium implements: a shared
 * database, an HTTP endpoint, an Ethereum contract, a ledger.
 *
 * <p>A channel knows nothing of routing, documents or subscribers; that is {@code exchange}.
 */
@NullMarked
package dev.fairway.core.channel;

import org.jspecify.annotations.NullMarked;
