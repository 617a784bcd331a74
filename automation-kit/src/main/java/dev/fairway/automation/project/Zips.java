package dev.fairway.automation.project;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** ZIPs whose bytes depend on nothing but the names and contents of their entries. */
final class Zips {
  /* The first moment a ZIP can tell. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Zips() {}

  /** Writes it beside its place and moves it there, so that it is whole or not there. */
  static void write(Path target, Map<String, byte[]> entries) throws IOException {
    Files.createDirectories(target.toAbsolutePath().getParent());
    Path part = Files.createTempFile(target.toAbsolutePath().getParent(), target.getFileName().toString(), ".tmp");
    try {
      try (OutputStream out = Files.newOutputStream(part); ZipOutputStream zip = new ZipOutputStream(out)) {
        for (Map.Entry<String, byte[]> entry : new TreeMap<>(entries).entrySet()) {
          ZipEntry one = new ZipEntry(entry.getKey());
          one.setTimeLocal(TIME);
          zip.putNextEntry(one);
          zip.write(entry.getValue());
          zip.closeEntry();
        }
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Every file below a folder, by its path with slashes; nothing when there is no folder. */
  static Map<String, byte[]> below(Path folder) throws IOException {
    Map<String, byte[]> found = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          found.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
        }
      }
    }
    return found;
  }
}
