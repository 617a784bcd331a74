package dev.fairway.connectors.capture.files;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.s3.Bucket;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Files as objects of a bucket. */
record BucketHome(Bucket bucket) implements FileHome {
  @Override
  public List<String> names() throws IOException {
    return bucket.list("").stream().map(Bucket.Listed::key).toList();
  }

  @Override
  public void require(String name) throws IOException {
    Bucket.Listed _ = find(name);
  }

  private Bucket.Listed find(String name) throws IOException {
    return bucket.list(name).stream().filter(listed -> listed.key().equals(name)).findFirst()
        .orElseThrow(() -> new FairwayException(ErrorCode.CONFIGURATION, "there is no " + name + " in " + bucket));
  }

  @Override
  public void read(String name, long offset, Reader reader) throws IOException {
    Bucket.Listed found = find(name);
    if (offset >= found.bytes()) {
      // A range that begins behind the end cannot be asked for.
      reader.read(InputStream.nullInputStream());
      return;
    }
    // The object that was found, and no other: one that is replaced meanwhile is no continuation of it.
    try (InputStream in = bucket.open(name, offset, found.tag()).orElseThrow(
        () -> new IOException(name + " in " + bucket + " was replaced while it was opened; it is read again soon"))) {
      reader.read(in);
    }
  }

  @Override
  public void close() {
    bucket.close();
  }
}
