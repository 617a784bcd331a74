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
      return files.filter(Files::isRegularFile).allMatch(file -> file.endsWith("lock"));
    }
  }

  @Test
  void whatAKilledProcessLeftHalfWrittenIsRemovedAtStart() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("tmp").resolve("of-the-dead"));
    Files.createFile(folder.resolve("lock"));
    Files.writeString(Files.createDirectory(folder.resolve("a")).resolve("half"), "half a blob");
    assertThat(new DiskBlobs(directory)).isNotNull();
    assertThat(folder).doesNotExist();
  }

  @Test
  void whatALivingProcessIsWritingIsLeftAlone() throws IOException {
    Path folder;
    try (Stream<Path> folders = Files.list(directory.resolve("tmp"))) {
      folder = folders.findFirst().orElseThrow();
    }
    Path half = Files.writeString(folder.resolve("half"), "half a blob");
    assertThat(new DiskBlobs(directory)).isNotNull();
    assertThat(half).exists();
  }
}
