package dev.fairway.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pastes the shell blocks of the guide, one after the other. */
class ConnectorsGuideTest {
  private static final Path GUIDE = Path.of("..", "docs", "connectors.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");

  @TempDir
  Path dir;

  @Test
  void everyCommandOfTheGuideWorks() throws Exception {
    Path bin = Files.createDirectories(dir.resolve("bin"));
    Path launcher = Files.writeString(bin.resolve("fairway"), "#!/bin/sh\nexec '" + System.getProperty("java.home")
        + "/bin/java' -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '"
        + System.getProperty("java.class.path")
        + "' dev.fairway.node.Main \"$@\"\n");
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    StringBuilder script = new StringBuilder("set -eux\nPATH=" + bin + ":$PATH\n");
    Matcher blocks = BLOCK.matcher(Files.readString(GUIDE));
    while (blocks.find()) {
      script.append(blocks.group(1));
    }
    Path work = Files.createDirectories(dir.resolve("work"));
    Path log = dir.resolve("log");
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script.toString()).directory(work.toFile())
        .redirectErrorStream(true).redirectOutput(log.toFile());
    Process shell = builder.start();
    int exit = shell.waitFor();
    String said = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(exit).as(said).isZero();
    assertThat(said).contains("\"token\":\"replace me, then seal this file\"").contains("\"documentationUrl\"")
        .contains("{\"resourcePath\":[\"greetings\"]}").contains("\"mergePatch\":true")
        .contains("ghcr.io/acme/source-weather:local");
    try (Connection connection = DriverManager.getConnection(
        "jdbc:sqlite:" + work.resolve("source-weather/weather.db"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*), max(n) FROM greetings")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(6);
      assertThat(rows.getInt(2)).isEqualTo(5);
    }
  }
}
