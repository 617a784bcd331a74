/**
 * Runs integrations: reads the ledger for them, hands out deliveries as work, sends their commands, and answers their web
 * calls. Start at {@link Automation}, which wires it; {@link RunningIntegration} is one of them at
 * work.
 *
 * <p>Nothing is kept in memory that a crash may not take: what is to be delivered and what is to be sent is work of the
 * store, and the place in the ledger moves on in the transaction that records the work.
 */
@NullMarked
package dev.fairway.automation.runtime;

import org.jspecify.annotations.NullMarked;
