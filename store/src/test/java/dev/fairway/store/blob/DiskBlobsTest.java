package dev.fairway.store.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.blob.Blobs;
import dev.fairway.testing.blob.BlobsContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskBlobsTest extends BlobsContract {
  @TempDir
  Path directory;

  @Override
  protected Blobs open() {
    return new DiskBlobs(directory);
  }

  @Override
  protected boolean isEmpty() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.noneMatch(Files::isRegularFile);
    }
  }

  @Test
  void whatAKilledProcessLeftHalfWrittenIsRemovedAtStart() throws IOException {
    Path half = Files.writeString(directory.resolve("tmp").resolve("half"), "half a blob");
    assertThat(new DiskBlobs(directory)).isNotNull();
    assertThat(half).doesNotExist();
  }
}
