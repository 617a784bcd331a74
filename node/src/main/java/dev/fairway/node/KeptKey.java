package dev.fairway.node;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.websub.wire.SecretSeal;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The key that secrets of subscribers are sealed with in the store: given, or made once and kept beside the data. */
final class SealingKey {
  private static final String FILE = "sealing.key";

  private SealingKey() {}

  /** Reads the key of a data folder, or makes it, durably and for this user's eyes only. */
  static Secret of(Path dir) {
    Path file = dir.resolve(FILE);
    try {
      Files.createDirectories(dir);
      if (!Files.exists(file)) {
        make(dir, file);
      }
      return new Secret(Files.readString(file).strip());
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot read or make the sealing key " + file + ": " + e, e);
    }
  }

  private static void make(Path dir, Path file) throws IOException {
    Path part = Files.createTempFile(dir, FILE, ".part",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(part, SecretSeal.newKey().reveal());
    try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException e) {
      Files.delete(part);
    }
  }
}
