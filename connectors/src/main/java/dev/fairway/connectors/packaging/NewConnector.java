package dev.fairway.connectors.packaging;

import com.fasterxml.jackson.annotation.JsonAlias;
import dev.fairway.connector.ConnectorMain;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/**
 * The beginnings of a connector in Java: a folder that runs as it is, from its source, with everything it compiles against
 * beside it.
 */
public final class NewConnector {
  /* One class of each library the connectors' SDK stands on. */
  private static final List<Class<?>> SDK = List.of(ConnectorMain.class, Secret.class, JsonNode.class, JsonParser.class,
      JsonAlias.class, Nullable.class, Logger.class);

  private static final String FIXTURE = """
      [[["acmeCo/greetings",{"n":1,"text":"hello"}],["acmeCo/greetings",{"n":2,"text":"hi"}]],
       [["acmeCo/greetings",{"n":3,"text":"hello"}]]]
      """;

  private NewConnector() {}

  /**
   * Makes the folder.
   *
   * @param folder is made; its last name is the connector's and tells what it does
   * @throws FairwayException with {@code INVALID} when the folder is there or is not so named
   */
  public static void write(Path folder) throws IOException {
    String name = String.valueOf(folder.toAbsolutePath().getFileName());
    ConnectorKind kind = ConnectorKind.of(name);
    if (Files.exists(folder)) {
      throw new FairwayException(ErrorCode.INVALID, folder + " is there already");
    }
    String form = kind.form();
    Map<String, String> values = Map.of("NAME", name, "PROTOCOL", kind.protocol(), "RUN", kind.run());
    Files.createDirectories(folder.resolve("src"));
    text(folder.resolve("src/Main.java"), form + ".java", values);
    text(folder.resolve("test.flow.yaml"), form + ".flow.yaml", values);
    text(folder.resolve("connector_config.yaml"), form + ".config.yaml", values);
    if (kind != ConnectorKind.CAPTURE) {
      Files.writeString(folder.resolve("fixture.json"), FIXTURE);
    }
    text(folder.resolve("README.md"), "README.md", values);
    text(folder.resolve("ci.yaml"), "ci.yaml", values);
    text(folder.resolve("run"), "run.sh", values);
    Files.setPosixFilePermissions(folder.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(folder.resolve("VERSION"), "v1\n");
    Files.writeString(folder.resolve(".gitignore"), "target/\nkeys.txt\n");
    library(Files.createDirectories(folder.resolve("lib")));
  }

  private static void text(Path file, String template, Map<String, String> values) throws IOException {
    Files.writeString(file, Template.read(template, values));
  }

  private static void library(Path lib) throws IOException {
    for (Class<?> part : SDK) {
      Path from = whereIs(part);
      if (Files.isDirectory(from)) {
        jar(from, lib.resolve(part.getSimpleName() + ".jar"));
      } else {
        Files.copy(from, lib.resolve(String.valueOf(from.getFileName())));
      }
    }
  }

  private static Path whereIs(Class<?> part) {
    try {
      return Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("cannot find the library of " + part, e);
    }
  }

  private static void jar(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
  }
}
