package dev.fairway.exchange.document;

import java.time.Duration;

/**
 * What one message may make us fetch.
 *
 * @param depth how far links are followed; the message's own document is at 0
 * @param objects documents in all
 * @param treeBytes bytes in all
 * @param documentBytes bytes of one document
 * @param download most time for one document
 */
public record FetchLimits(int depth, int objects, long treeBytes, long documentBytes, Duration download) {
  public static final FetchLimits DEFAULT = new FetchLimits(16, 1_000, 4L << 30, 1L << 30, Duration.ofHours(1));
}
