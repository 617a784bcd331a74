/**
 * Collections: durable, append-only logs of JSON documents in local files. Start at {@link Collections}.
 *
 * <p>The files alone decide nothing: how much of a file counts is written in the store, in the same transaction as the
 * state of whoever appended. So documents and state are committed together, and what a crash leaves behind the committed
 * length is overwritten.
 */
@NullMarked
package dev.fairway.connectors.collection;

import org.jspecify.annotations.NullMarked;
