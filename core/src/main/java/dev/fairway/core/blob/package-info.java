/**
 * Bytes by their hash, streamed in and out, never whole in memory. Start at {@link Blobs}.
 */
@NullMarked
package dev.fairway.core.blob;

import org.jspecify.annotations.NullMarked;
