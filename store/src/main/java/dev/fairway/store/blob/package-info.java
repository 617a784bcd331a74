/**
 * Bytes in files, by their hash. Start at {@link DiskBlobs}.
 */
@NullMarked
package dev.fairway.store.blob;

import org.jspecify.annotations.NullMarked;
