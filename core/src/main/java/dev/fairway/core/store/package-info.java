/**
 * One transaction: what a step learned, what it decided, what is to happen next and what the world shall be told are
 * written together or not at all. Start at {@link Store}.
 */
@NullMarked
package dev.fairway.core.store;

import org.jspecify.annotations.NullMarked;
