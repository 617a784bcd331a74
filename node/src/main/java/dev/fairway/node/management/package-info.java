/**
 * The node's own management API under {@code /api}: the journal, work and dead letters, the audit. Start at
 * {@link dev.fairway.node.management.JournalDoor}.
 *
 * <p>Doors bring their own management routes; what is here belongs to the spine.
 */
@NullMarked
package dev.fairway.node.management;

import org.jspecify.annotations.NullMarked;
