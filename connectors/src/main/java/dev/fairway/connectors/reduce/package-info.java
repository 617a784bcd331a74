/**
 * How documents of the same key become one: the {@code reduce} annotations of a collection's schema. Start at
 * {@link Reducer}.
 *
 * <p>Nothing is read or stored here; when documents are reduced, and with which, is decided by whoever captures, derives or
 * materializes. The strategies are those of the Flow documentation, <a
 * href="https://docs.estuary.dev/reference/reduction-strategies/">reduction strategies</a>.
 */
@NullMarked
package dev.fairway.connectors.reduce;

import org.jspecify.annotations.NullMarked;
