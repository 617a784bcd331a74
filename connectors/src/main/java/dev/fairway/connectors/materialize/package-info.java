/**
 * Materializations: the documents of collections kept as rows somewhere else, one per key. Start at
 * {@link MaterializeTask}; the destinations that ship are {@link SqliteMaterialize}, {@link PostgresMaterialize} and
 * {@link FileMaterialize}.
 *
 * <p>Documents of one key are reduced by keeping the last; a document whose {@code /_meta/op} is {@code d} takes its row
 * away. Other {@code reduce} annotations are not applied.
 */
@NullMarked
package dev.fairway.connectors.materialize;

import org.jspecify.annotations.NullMarked;
