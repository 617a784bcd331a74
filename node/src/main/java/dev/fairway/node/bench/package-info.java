/**
 * Measures a node from outside, each figure against a baseline taken in the same run, because a machine's speed is no
 * constant and a ratio nearly is. Start at {@link dev.fairway.node.bench.BenchCommand}.
 */
@NullMarked
package dev.fairway.node.bench;

import org.jspecify.annotations.NullMarked;
