/**
 * What every store promises. Start at {@link StoreContract}.
 */
@NullMarked
package dev.fairway.testing.store;

import org.jspecify.annotations.NullMarked;
