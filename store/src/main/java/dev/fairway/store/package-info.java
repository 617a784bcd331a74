/**
 * The spine on JDBC: one transaction for state, work and journal, on an embedded database or on PostgreSQL. Start at
 * {@link SqlStore#open}; {@link DeadLetters}, {@link WorkOverview} and {@link Audit} are the operator's view of it.
 *
 * <p>This room does not know what any work is for, and runs none: that is {@link dev.fairway.store.workers}. Bytes are in
 * {@link dev.fairway.store.blob}.
 */
@NullMarked
package dev.fairway.store;

import org.jspecify.annotations.NullMarked;
