/**
 * What every journal promises. Start at {@link JournalContract}.
 */
@NullMarked
package dev.fairway.testing.journal;

import org.jspecify.annotations.NullMarked;
