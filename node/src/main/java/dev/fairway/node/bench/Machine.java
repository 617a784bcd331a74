package dev.fairway.node.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;

/** What a figure was measured on, and what its operating system says of a process. */
final class Machine {
  private Machine() {}

  /** One line: processors, memory, system, Java. */
  static String describe() {
    return "%d processors (%s), %d MiB memory, %s %s, Java %s".formatted(Runtime.getRuntime().availableProcessors(),
        line("/proc/cpuinfo", "model name"), kibibytes("/proc/meminfo", "MemTotal") >> 10,
        System.getProperty("os.name"),
        System.getProperty("os.version"), Runtime.version());
  }

  /** How many small synced writes the disk under a folder takes in a second, one after another. */
  static double syncsPerSecond(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "sync", ".bin");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocate(4_096);
      int rounds = 500;
      long start = System.nanoTime();
      for (int i = 0; i < rounds; i++) {
        channel.write(block.clear(), (long) i * block.capacity());
        channel.force(false);
      }
      return rounds / ((System.nanoTime() - start) / 1e9);
    } finally {
      Files.delete(file);
    }
  }

  /** Memory a process holds now, in MiB; 0 where the system does not say. */
  static long residentMebibytes(long pid) {
    return kibibytes("/proc/" + pid + "/status", "VmRSS") >> 10;
  }

  private static long kibibytes(String file, String name) {
    String digits = line(file, name).replaceAll("\\D", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }

  private static String line(String file, String name) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines.filter(line -> line.startsWith(name)).map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst().orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
