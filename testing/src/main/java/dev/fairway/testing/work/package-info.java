/**
 * What every work queue promises. Start at {@link WorkQueueContract}.
 */
@NullMarked
package dev.fairway.testing.work;

import org.jspecify.annotations.NullMarked;
