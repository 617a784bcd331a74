package dev.fairway.store.blob;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.Blob;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Blobs in a folder: {@code ab/abcd…}, in 256 folders made when it is opened. Bytes are written to a file under {@code tmp}
 * beside them, synced, renamed into place, and the folder's entry is synced: whatever moment the power fails, there is the
 * whole blob or nothing.
 */
public final class DiskBlobs implements Blobs {
  /* Most blobs fit in the first. */
  private static final int FIRST_BUFFER = 16 << 10;
  private static final int BUFFER = 256 << 10;
  private static final String LOCK = "lock";
  private static final Duration STILL_BEING_MADE = Duration.ofMinutes(1);

  private final Path directory;
  private final Path temporary;
  @SuppressWarnings("unused") // held open, and with it the lock, as long as the process lives
  private final FileChannel lockFile;

  /** Opens the folder, making it if it is missing, and removes what processes that died left half-written. */
  public DiskBlobs(Path directory) {
    this.directory = directory;
    Path all = directory.resolve("tmp");
    this.temporary = all.resolve(UUID.randomUUID().toString());
    try {
      Files.createDirectories(all);
      makeFolders();
      removeLeftovers(all);
      Files.createDirectory(temporary);
      lockFile = FileChannel.open(temporary.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      lockFile.lock();
      makeLanes();
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot use " + directory + " for blobs: " + e, e);
    }
  }

  /* Made beforehand, so that no write has to wait until a new folder is durable in its parent. */
  private void makeFolders() throws IOException {
    for (int i = 0; i < 256; i++) {
      Files.createDirectories(directory.resolve(HexFormat.of().toHexDigits((byte) i)));
    }
    syncDirectory(directory);
  }

  /* One for each first letter of a temporary name: to make a file and to move one away both hold the folder it is in, and
   * many who hold the same one wait for each other. */
  private void makeLanes() throws IOException {
    for (int i = 0; i < 16; i++) {
      Files.createDirectory(temporary.resolve(Integer.toHexString(i)));
    }
  }

  /* Each process writes in a folder of its own and holds a lock there, so that what is nobody's can be told from what
   * another process is just writing. */
  private static void removeLeftovers(Path all) throws IOException {
    try (Stream<Path> folders = Files.list(all)) {
      for (Path folder : folders.toList()) {
        if (isNobodys(folder)) {
          remove(folder);
        }
      }
    }
  }

  private static boolean isNobodys(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (NoSuchFileException e) {
      // Just being made by another process, or left by one that died there: old ones are nobody's.
      return Files.getLastModifiedTime(folder).toInstant().isBefore(Instant.now().minus(STILL_BEING_MADE));
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  @Override
  public Blob write(InputStream bytes, long limit, List<MessageDigest> digests) throws IOException {
    return write(bytes, limit, digests, Optional.empty());
  }

  @Override
  public Blob writeExpecting(BlobId expected, InputStream bytes, long limit) throws IOException {
    return write(bytes, limit, List.of(), Optional.of(expected));
  }

  private Blob write(InputStream bytes, long limit, List<MessageDigest> digests, Optional<BlobId> expected)
      throws IOException {
    String name = UUID.randomUUID().toString();
    Path file = temporary.resolve(name.substring(0, 1)).resolve(name);
    boolean kept = false;
    try {
      MessageDigest sha256 = sha256();
      List<MessageDigest> all = new ArrayList<>(digests);
      all.add(sha256);
      long length = copy(bytes, file, limit, all);
      BlobId id = BlobId.of(sha256.digest());
      if (expected.isPresent() && !expected.get().equals(id)) {
        throw new FairwayException(ErrorCode.PEER_LIED, "expected bytes with the SHA-256 " + expected.get()
            + ", got " + length + " bytes with " + id + "; they were not kept");
      }
      keep(file, id);
      kept = true;
      Map<String, String> further = new HashMap<>();
      digests.forEach(digest -> further.put(digest.getAlgorithm().toLowerCase(Locale.ROOT),
          HexFormat.of().formatHex(digest.digest())));
      return new Blob(id, length, further);
    } finally {
      if (!kept) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static long copy(InputStream bytes, Path file, long limit, List<MessageDigest> digests) throws IOException {
    byte[] buffer = new byte[FIRST_BUFFER];
    long length = 0;
    try (FileChannel out = open(file)) {
      for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
        length += n;
        if (length > limit) {
          throw new FairwayException(ErrorCode.TOO_LARGE, "more than " + limit + " bytes");
        }
        for (MessageDigest digest : digests) {
          digest.update(buffer, 0, n);
        }
        writeAll(out, ByteBuffer.wrap(buffer, 0, n));
        if (length >= FIRST_BUFFER && buffer.length < BUFFER) {
          buffer = new byte[BUFFER];
        }
      }
      sync(out);
    }
    return length;
  }

  private static FileChannel open(Path file) {
    try {
      return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw explain(e);
    }
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw explain(e);
    }
  }

  private static void sync(FileChannel out) {
    try {
      out.force(true);
    } catch (IOException e) {
      throw explain(e);
    }
  }

  /* Java tells a full disk only by the system's words. */
  private static FairwayException explain(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left") || message.contains("quota")) {
      return new FairwayException(ErrorCode.DISK_FULL, "no space is left for a blob; nothing was kept: " + message, e);
    }
    return new FairwayException(ErrorCode.STORE_DOWN, "cannot write a blob: " + e, e);
  }

  private void keep(Path file, BlobId id) {
    try {
      Files.move(file, path(id), StandardCopyOption.ATOMIC_MOVE);
      syncDirectory(folder(id));
    } catch (AtomicMoveNotSupportedException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, directory + " cannot rename within itself", e);
    } catch (IOException e) {
      throw explain(e);
    }
  }

  private static void syncDirectory(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private Path path(BlobId id) {
    return folder(id).resolve(id.hex());
  }

  private Path folder(BlobId id) {
    return directory.resolve(id.hex().substring(0, 2));
  }

  @Override
  public Optional<SeekableByteChannel> open(BlobId id) throws IOException {
    try {
      return Optional.of(FileChannel.open(path(id), StandardOpenOption.READ));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Blob> find(BlobId id) throws IOException {
    try {
      return Optional.of(new Blob(id, Files.size(path(id)), Map.of()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean delete(BlobId id) throws IOException {
    return Files.deleteIfExists(path(id));
  }

  @Override
  public int collect(Instant before, Predicate<BlobId> needed) throws IOException {
    int removed = 0;
    try (Stream<Path> files = Files.walk(directory, 2)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        String name = String.valueOf(file.getFileName());
        if (name.length() != 64 || !Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
          continue;
        }
        if (!needed.test(new BlobId(name)) && Files.deleteIfExists(file)) {
          removed++;
        }
      }
    }
    return removed;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
