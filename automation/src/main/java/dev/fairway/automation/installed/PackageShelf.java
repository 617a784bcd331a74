package dev.fairway.automation.installed;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.metadata.Problems;
import dev.fairway.automation.pack.DitFile;
import dev.fairway.automation.pack.PackageLoader;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Package files of this process, unpacked so that classes can be loaded from them. The files themselves are blobs; what
 * lies here can be thrown away.
 */
final class PackageShelf {
  private static final long LIMIT = 512L << 20;

  private final Blobs blobs;
  private final Path folder;

  PackageShelf(Blobs blobs, Path folder) {
    this.blobs = blobs;
    this.folder = folder;
  }

  /** Stores a package file and opens it. */
  DitFile add(InputStream file) throws IOException {
    return open(blobs.write(file, LIMIT, List.of()).id().hex());
  }

  /** @throws FairwayException with {@code CONFIGURATION} when the file is gone */
  DitFile open(String hash) throws IOException {
    Path file = folder.resolve(hash + ".dit");
    if (!Files.exists(file)) {
      Files.createDirectories(folder);
      SeekableByteChannel stored = blobs.open(new BlobId(hash))
          .orElseThrow(() -> new FairwayException(ErrorCode.CONFIGURATION, "the package file " + hash + " is gone"));
      Path part = Files.createTempFile(folder, hash, ".part");
      try (stored) {
        Files.copy(Channels.newInputStream(stored), part, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return DitFile.open(file);
  }

  /** The jars of a package as files. */
  List<Path> jars(DitFile dit) throws IOException {
    Path unpacked = folder.resolve(dit.hash());
    Files.createDirectories(unpacked);
    List<Path> jars = new ArrayList<>();
    for (String name : dit.jars()) {
      Path jar = unpacked.resolve(name);
      if (!Files.exists(jar)) {
        Path part = Files.createTempFile(unpacked, "jar", ".part");
        Files.write(part, dit.read(name).orElseThrow());
        Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE);
      }
      jars.add(jar);
    }
    return jars;
  }

  /**
   * The types of a package that can run here. Their classes are found, but none is initialised.
   *
   * @throws FairwayException with {@code INVALID} and all that is wrong with their entry points
   */
  List<AvailableType> types(DitFile dit, String packageName) throws IOException {
    List<Path> jars = jars(dit);
    PackageModel model = new PackageModel(dit);
    List<String> problems = new ArrayList<>();
    List<AvailableType> types = new ArrayList<>();
    try (PackageLoader look = new PackageLoader(packageName, jars)) {
      for (PackageMetadata.IntegrationType type : dit.metadata().types()) {
        if (type.runsHere()) {
          problem(look, type).ifPresentOrElse(problems::add, () -> types.add(new AvailableType(
              Optional.of(packageName), type, () -> make(packageName, jars, type), model)));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, Problems.in("the package", problems));
    }
    return types;
  }

  private static Optional<String> problem(PackageLoader look, PackageMetadata.IntegrationType type) {
    try {
      Class<?> entry = Class.forName(type.entrypoint(), false, look);
      if (!Integration.class.isAssignableFrom(entry)) {
        return Optional.of(type.id() + ": " + type.entrypoint() + " does not implement "
            + Integration.class.getName());
      }
      boolean plain = Arrays.stream(entry.getConstructors()).anyMatch(c -> c.getParameterCount() == 0);
      return plain
          ? Optional.empty()
          : Optional.of(type.id() + ": " + type.entrypoint() + " needs a public constructor without parameters");
    } catch (ClassNotFoundException e) {
      return Optional.of(type.id() + ": no class " + type.entrypoint() + " in the package's jars");
    } catch (LinkageError e) {
      return Optional.of(type.id() + ": " + type.entrypoint() + " cannot be loaded: " + e);
    }
  }

  /* Each instance gets classes of its own; whoever stops it closes their loader. */
  private static Integration<?> make(String packageName, List<Path> jars, PackageMetadata.IntegrationType type) {
    PackageLoader loader = new PackageLoader(packageName + ":" + type.id(), jars);
    try {
      return Class.forName(type.entrypoint(), true, loader).asSubclass(Integration.class).getConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      try {
        loader.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot make " + type.entrypoint() + ": " + e, e);
    }
  }
}
