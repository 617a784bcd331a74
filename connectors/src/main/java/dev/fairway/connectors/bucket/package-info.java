/**
 * Buckets as people configure them in a connector. Start at {@link BucketAddress}.
 *
 * <p>What a bucket can do is in the room {@code s3}.
 */
@NullMarked
package dev.fairway.connectors.bucket;

import org.jspecify.annotations.NullMarked;
