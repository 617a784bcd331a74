/**
 * Webhooks taken in: whoever is given an address and a secret posts JSON there, and is answered once it is durable in a collection. Start
 * at {@link IngestCapture}; {@link Inlets} is its side towards HTTP. This room sends nothing.
 */
@NullMarked
package dev.fairway.connectors.ingest;

import org.jspecify.annotations.NullMarked;
