/**
 * Airbyte sources and destinations as programs: how they are asked, and what they say on standard output. Start at
 * {@link AirbyteProgram}. The messages are those of the <a href="https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol">Airbyte
 * protocol</a>.
 *
 * <p>What the records and states of a source or a destination mean is known to {@code capture} and {@code materialize}.
 */
@NullMarked
package dev.fairway.connectors.airbyte;

import org.jspecify.annotations.NullMarked;
