package dev.fairway.connectors.process;

import dev.fairway.connector.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Files a program is given, readable by its user alone, and gone when it has ended. */
public final class ScratchFiles implements AutoCloseable {
  private final Path folder;

  public ScratchFiles(Path scratch) throws IOException {
    Files.createDirectories(scratch);
    folder = Files.createTempDirectory(scratch, "program-",
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Writes a file; answers its path as a program's argument. */
  public String write(String name, JsonNode content) throws IOException {
    Path file = folder.resolve(name);
    Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, Json.bytes(content));
    return file.toAbsolutePath().toString();
  }

  public JsonNode read(String name) throws IOException {
    return Json.parse(Files.readAllBytes(folder.resolve(name)));
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(folder)) {
      List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : all) {
        Files.deleteIfExists(file);
      }
    }
  }
}
