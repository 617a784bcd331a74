package dev.fairway.connectors.lake;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files in a folder. Of several processes that replace the same file, the lock file beside it lets one at a time look and
 * write; that holds as far as the file system's locks do.
 */
record FolderShelf(Path folder, Disk disk) implements Shelf {
  /* Locks of files are between processes; threads of this one wait here. */
  private static final Object LOOKING = new Object();

  FolderShelf(Path folder) {
    this(folder, FolderShelf::force);
  }

  /** Has what was written to a file, or which names are in a folder, survive a power cut. */
  interface Disk {
    void sync(Path path) throws IOException;
  }

  @Override
  public Optional<Note> read(String name) throws IOException {
    try {
      String content = Files.readString(folder.resolve(name));
      return Optional.of(new Note(content, tag(content)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static String tag(String content) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public Optional<String> replace(String name, Optional<String> tag, String content) throws IOException {
    Path file = folder.resolve(name);
    make(parent(file));
    synchronized (LOOKING) {
      try (
          FileChannel channel = FileChannel.open(file.resolveSibling(file.getFileName() + ".lock"),
              StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        if (!read(name).map(Note::tag).equals(tag)) {
          return Optional.empty();
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, content);
        sync(fresh);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        sync(parent(file));
        return Optional.of(tag(content));
      }
    }
  }

  @Override
  public void put(String name, Path file) throws IOException {
    Path to = folder.resolve(name);
    make(parent(to));
    Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
    sync(to);
    sync(parent(to));
  }

  @Override
  public void move(String from, String to) throws IOException {
    Path target = folder.resolve(to);
    make(parent(target));
    try {
      Files.move(folder.resolve(from), target, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      if (!Files.exists(target)) {
        throw lost(from, to);
      }
    }
    sync(parent(target));
  }

  @Override
  public List<String> list(String beginning) throws IOException {
    Path within = folder.resolve(beginning.substring(0, beginning.lastIndexOf('/') + 1));
    if (!Files.isDirectory(within)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(within)) {
      return files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .filter(name -> name.startsWith(beginning)).sorted().toList();
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(folder.resolve(name));
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent());
  }

  /* A folder that was made is there after a power cut when the one it is in was synced. */
  private void make(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      make(parent(folder));
      Files.createDirectories(folder);
      sync(parent(folder));
    }
  }

  private void sync(Path path) throws IOException {
    disk.sync(path);
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() {
    // Nothing is kept open.
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
