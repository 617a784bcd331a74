/**
 * Documents: bytes named by their multihash, who may read them, and the Document API. Start at
 * {@link dev.fairway.exchange.document.Documents}.
 *
 * <p>The bytes themselves are kept by {@link dev.fairway.core.blob.Blobs}.
 */
@NullMarked
package dev.fairway.exchange.document;

import org.jspecify.annotations.NullMarked;
