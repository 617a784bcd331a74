/**
 * The catalogue of what this room measures: {@link StoreMeter}.
 */
@NullMarked
package dev.fairway.store.meter;

import org.jspecify.annotations.NullMarked;
