/**
 * The command line: one class per command, all of them clients of a running node over its public HTTP APIs. Start at
 * {@link dev.fairway.node.cli.Remote} for how a node is asked, {@link dev.fairway.node.cli.Output} for how an answer is
 * shown.
 *
 * <p>Exit codes: 0 done, 1 the thing asked for failed, 2 the request itself was wrong.
 */
@NullMarked
package dev.fairway.node.cli;

import org.jspecify.annotations.NullMarked;
