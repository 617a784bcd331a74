package dev.fairway.connectors.ingest;

import java.util.concurrent.CompletableFuture;

/**
 * Something that was posted, on its way into a collection.
 *
 * @param id its sender's name for it, or one of ours
 * @param named whether its sender named it, so that it is known when it comes again
 * @param done completes when it is durable: true when it was there before
 */
@SuppressWarnings("ArrayRecordComponent")
record Delivery(int binding, String id, boolean named, byte[] json, CompletableFuture<Boolean> done) {
  Delivery(int binding, String id, boolean named, byte[] json) {
    this(binding, id, named, json, new CompletableFuture<>());
  }
}
