/**
 * What the node's parts cost, each against a baseline taken in the same run. Every benchmark is a {@code main} that
 * prints its figures and a ratio; {@link SpineBenchmark} is the first to look at.
 */
@NullMarked
package dev.fairway.benchmarks;

import org.jspecify.annotations.NullMarked;
