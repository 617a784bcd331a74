/**
 * The words and the promises. Every other room is built from what stands here, and a home of an SPI (a database, a
 * ledger, a channel) needs nothing else to compile.
 *
 * <p>Start at {@link dev.fairway.core.store.Store} for the spine: one transaction that writes state, future work and
 * the journal together. {@link dev.fairway.core.channel.Channel} is how two jurisdictions reach each other,
 * {@link dev.fairway.core.ledger.Ledger} what a node reads and writes contracts on.
 *
 * <p>This room does no I/O and knows no library.
 */
@NullMarked
package dev.fairway.core;

import org.jspecify.annotations.NullMarked;
