package dev.fairway.exchange.moving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Buckets as folders of one folder, keys as paths below: what tools that copy buckets make, such as {@code aws s3 sync}. */
public final class FolderObjects implements OldObjects {
  private final Path folder;

  public FolderObjects(Path folder) {
    this.folder = folder;
  }

  @Override
  public Stream<OldObject> list(String bucket) throws IOException {
    Path root = folder.resolve(bucket);
    if (!Files.isDirectory(root)) {
      return Stream.empty();
    }
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    return files.stream().map(file -> object(root, file));
  }

  @Override
  public Optional<OldObject> find(String bucket, String key) {
    Path root = folder.resolve(bucket);
    return Optional.of(root.resolve(key)).filter(Files::isRegularFile).map(file -> object(root, file));
  }

  private static OldObject object(Path root, Path file) {
    try {
      String key = root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
      return new OldObject(key, Files.getLastModifiedTime(file).toInstant(), () -> Files.newInputStream(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
