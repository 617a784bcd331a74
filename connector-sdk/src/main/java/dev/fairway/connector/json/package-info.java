/**
 * JSON at the speed of a pipe, without loss. Start at {@link JsonCursor} to walk bytes without building a tree, and at
 * {@link Json} for trees that keep every digit of a number.
 *
 * <p>This package knows nothing of connectors.
 */
@NullMarked
package dev.fairway.connector.json;

import org.jspecify.annotations.NullMarked;
