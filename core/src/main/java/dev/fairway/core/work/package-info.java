/**
 * Work that cannot be lost or loop for ever. Start at {@link WorkKind} to define some, {@link WorkHandler} to do it, and
 * {@link WorkQueue} for what a home promises.
 *
 * <p>The attempt is counted and committed before the handler runs, so a crash counts too. Failures are classed, retried
 * with exponential back-off and full jitter, bounded in number and age, and then set aside as dead letters with every
 * error.
 */
@NullMarked
package dev.fairway.core.work;

import org.jspecify.annotations.NullMarked;
