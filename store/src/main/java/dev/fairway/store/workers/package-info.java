/**
 * Runs handlers: leases work, hands it out on virtual threads, and settles what came of it. Start at {@link Workers}.
 *
 * <p>This package knows no database: it stands on {@link dev.fairway.core.work.WorkQueue} alone.
 */
@NullMarked
package dev.fairway.store.workers;

import org.jspecify.annotations.NullMarked;
