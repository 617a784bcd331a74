/**
 * Typed requests made from the description of an HTTP API. Start at {@link dev.fairway.daml.openapi.OpenApiGenerator}.
 *
 * <p>Nothing here calls the API: the mapping says what to send and how to read the answer.
 */
@NullMarked
package dev.fairway.daml.openapi;

import org.jspecify.annotations.NullMarked;
