package dev.fairway.node.config;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.Why;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/** A key that nobody gave: made once and kept beside the data. */
public final class KeptKey {
  private KeptKey() {}

  /** Reads the key of a data folder, or makes it, durably and for this user's eyes only. */
  public static Secret of(Path dir, String name, Supplier<Secret> maker) {
    Path file = dir.resolve(name);
    try {
      Files.createDirectories(dir);
      if (!Files.exists(file)) {
        make(dir, file, maker.get());
      }
      return new Secret(Files.readString(file).strip());
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot read or make the key " + file + ": " + Why.inWords(e),
          e);
    }
  }

  private static void make(Path dir, Path file, Secret key) throws IOException {
    Path part = Files.createTempFile(dir, "key", ".part",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(part, key.reveal());
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
