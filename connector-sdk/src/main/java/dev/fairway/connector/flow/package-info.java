/**
 * The Flow connector protocols on the wire: every request and response of capture, derive and materialize as records, and
 * the JSON codec between a runtime and a connector's standard input and output. Start at {@link FlowCodec}. Protocol buffers
 * are in {@code dev.fairway.connector.proto}.
 *
 * <p>Field names, defaults and framing are those of the protocol buffers in {@code github.com/estuary/flow}. Nothing here
 * starts a process or decides what a message means: that is the runner, and the connector's author.
 */
@NullMarked
package dev.fairway.connector.flow;

import org.jspecify.annotations.NullMarked;
