package dev.fairway.node;

import dev.fairway.core.blob.Blobs;
import dev.fairway.s3.S3Blobs;
import dev.fairway.s3.S3Config;
import dev.fairway.store.blob.DiskBlobs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where bytes lie: in folders under the node's own, or under prefixes of a bucket. To be used by one thread. */
final class BlobHomes implements AutoCloseable {
  private final Path dir;
  private final Optional<S3Config> bucket;
  private final List<S3Blobs> opened = new ArrayList<>();

  BlobHomes(NodeConfig config) {
    this.dir = config.dir();
    this.bucket = config.bucket();
  }

  Blobs in(String folder) {
    if (bucket.isEmpty()) {
      return new DiskBlobs(dir.resolve(folder));
    }
    S3Blobs blobs = new S3Blobs(bucket.get().under(folder), dir.resolve("spool"));
    opened.add(blobs);
    return blobs;
  }

  /** What keeps the bucket from being used now; empty when nothing does, and where there is none. */
  Optional<String> trouble() {
    return opened.stream().findFirst().flatMap(S3Blobs::trouble);
  }

  @Override
  public void close() {
    opened.forEach(S3Blobs::close);
  }
}
