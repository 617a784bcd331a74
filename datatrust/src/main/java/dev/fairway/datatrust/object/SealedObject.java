package dev.fairway.datatrust.object;

import dev.fairway.core.blob.BlobId;

/**
 * An encrypted object.
 *
 * @param blob its ciphertext
 * @param size bytes of its plain text
 * @param key its key, encrypted
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record SealedObject(BlobId blob, long size, byte[] key) {}
