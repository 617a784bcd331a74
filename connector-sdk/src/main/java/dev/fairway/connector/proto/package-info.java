/**
 * The Flow protocols as protocol buffers, for the other side of a pipe that does not speak JSON. Start at {@link Wire}.
 *
 * <p>{@link FlowShapes} is the one table: names, numbers and kinds of every field, as in the files
 * {@code go/protocols/{flow,capture,derive,materialize}} of {@code github.com/estuary/flow} v0.6.12 and in the
 * {@code broker} and {@code consumer} protocols of {@code github.com/gazette/core}. By it bytes are translated, so whoever reads and writes
 * messages sees the JSON lines of {@link dev.fairway.connector.flow.FlowCodec} in either case, and no message has a class
 * here.
 */
@NullMarked
package dev.fairway.connector.proto;

import org.jspecify.annotations.NullMarked;
