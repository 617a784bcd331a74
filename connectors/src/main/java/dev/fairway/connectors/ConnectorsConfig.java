package dev.fairway.connectors;

import dev.fairway.connectors.kafka.CollectionTopics;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What connectors of a node run, and within which bounds.
 *
 * @param specifications Flow specification files whose tasks run; may be empty
 * @param segmentBytes how large a collection's file grows before the next is begun
 * @param captureMemory most bytes of documents a capture holds in memory per binding
 * @param transactionBytes most bytes of documents in one transaction of a materialization
 * @param topics where collections are published; nowhere when absent
 */
public record ConnectorsConfig(List<Path> specifications, long segmentBytes, int captureMemory, long transactionBytes,
    Optional<CollectionTopics> topics) {
  public ConnectorsConfig {
    specifications = List.copyOf(specifications);
    require("segment bytes", segmentBytes);
    require("capture memory", captureMemory);
    require("transaction bytes", transactionBytes);
  }

  /** Without topics. */
  public ConnectorsConfig(List<Path> specifications, long segmentBytes, int captureMemory, long transactionBytes) {
    this(specifications, segmentBytes, captureMemory, transactionBytes, Optional.empty());
  }

  /** These files, with files of 256 MiB, 32 MiB per binding and transactions of 16 MiB. */
  public static ConnectorsConfig of(List<Path> specifications) {
    return new ConnectorsConfig(specifications, 256L << 20, 32 << 20, 16L << 20);
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, is " + value);
    }
  }
}
