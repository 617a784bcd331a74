/**
 * A journal that can be followed: every change of state appends an event in the transaction that made it, and everyone
 * who wants to know reads from an offset. Start at {@link Journal}.
 */
@NullMarked
package dev.fairway.core.journal;

import org.jspecify.annotations.NullMarked;
