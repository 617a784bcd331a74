package dev.fairway.testing.blob;

import dev.fairway.core.blob.Blobs;
import dev.fairway.testing.TestClock;
import java.time.Instant;

class MemoryBlobsTest extends BlobsContract {
  private final MemoryBlobs blobs = new MemoryBlobs(new TestClock());

  @Override
  protected Blobs open() {
    return blobs;
  }

  @Override
  protected boolean isEmpty() {
    return blobs.collect(Instant.MAX, id -> false) == 0;
  }
}
