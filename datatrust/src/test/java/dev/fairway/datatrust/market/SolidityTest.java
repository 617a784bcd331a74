package dev.fairway.datatrust.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SolidityTest {
  @Test
  void committedCodeIsWhatTheSourceCompilesTo(@TempDir Path out) throws Exception {
    Path room = Path.of("").toAbsolutePath();
    Path compiler = room.resolveSibling("evm");
    Path log = Files.createTempFile("solc", ".log");
    Process process = new ProcessBuilder("node", "src/main/solidity/compile.js", out.toString(),
        room.resolve("src/main/solidity").toString()).directory(compiler.toFile()).redirectErrorStream(true)
        .redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    Path committed = room.resolve("src/main/resources/dev/fairway/datatrust/market");
    assertThat(names(out)).isEqualTo(names(committed)).hasSize(7);
    for (String name : names(out)) {
      assertThat(out.resolve(name)).hasSameTextualContentAs(committed.resolve(name));
    }
    Files.delete(log);
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
