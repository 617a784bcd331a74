/**
 * Two jurisdictions in one place: their nodes as processes that can be killed, their business systems, and the database they
 * share. What the demonstration, the torture and the benchmarks stand on. Start at {@link dev.fairway.node.pair.NodePair}.
 *
 * <p>It is a client like any other: whatever it does, a reader can do with curl.
 */
@NullMarked
package dev.fairway.node.pair;

import org.jspecify.annotations.NullMarked;
