/**
 * What every home of bytes promises, and one in memory. Start at {@link BlobsContract}.
 */
@NullMarked
package dev.fairway.testing.blob;

import org.jspecify.annotations.NullMarked;
