/**
 * What authors of connectors compile against. Start at {@link Capture}, {@link Materialize} or {@link Derive}, and end
 * with {@link ConnectorMain}, which speaks the Flow protocol on standard input and output for you.
 *
 * <p>A connector written here runs in its own process under Fairway or under any other Flow runtime, and inside Fairway's
 * process without a pipe.
 */
@NullMarked
package dev.fairway.connector;

import org.jspecify.annotations.NullMarked;
