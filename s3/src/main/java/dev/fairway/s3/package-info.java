/**
 * Buckets: Amazon S3, or whatever speaks its API. Start at {@link dev.fairway.s3.Bucket}, or for the blobs of a node of
 * several processes at {@link dev.fairway.s3.S3Blobs}.
 *
 * <p>A module of its own, because it brings Amazon's client library, and a node with a folder needs none.
 */
@NullMarked
package dev.fairway.s3;

import org.jspecify.annotations.NullMarked;
