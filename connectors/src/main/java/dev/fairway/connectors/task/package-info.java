/**
 * What captures and materializations have in common: a row with their state, and a loop that runs them again. Start at
 * {@link TaskLoop}.
 */
@NullMarked
package dev.fairway.connectors.task;

import org.jspecify.annotations.NullMarked;
