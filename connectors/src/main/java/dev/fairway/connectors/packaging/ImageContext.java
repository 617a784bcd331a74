package dev.fairway.connectors.packaging;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A folder from which a container engine builds the connector's image, with the labels a Flow runtime reads. Test
 * configurations never get into it, sealed or not.
 *
 * @param folder what to hand to the engine
 * @param image the image's name and its local tag, which a runtime never pulls
 */
public record ImageContext(Path folder, String image) {
  /* What is for the author alone. */
  private static final Set<String> PRIVATE = Set.of(".git", ".gitignore", "target", "test.flow.yaml", "ci.yaml",
      "keys.txt", ".venv", "__pycache__", ".vscode", ".idea");

  /**
   * Makes the folder anew. A connector with a {@code Dockerfile} of its own keeps it; one with {@code src/Main.java} is
   * compiled; one with {@code pyproject.toml} is installed into the image and run as the module of its name.
   *
   * @param registry such as {@code ghcr.io/acme}
   * @throws FairwayException with {@code INVALID} when the folder holds none of these, or does not compile
   */
  public static ImageContext build(Path connector, Path folder, String registry) throws IOException {
    String name = String.valueOf(connector.toAbsolutePath().normalize().getFileName());
    ConnectorKind kind = ConnectorKind.of(name);
    delete(folder);
    Path app = Files.createDirectories(folder.resolve("app"));
    Map<String, String> values = Map.of("PROTOCOL", kind.protocol(), "USAGE_RATE", kind.usageRate(), "MODULE",
        name.replace('-', '_'));
    if (Files.exists(connector.resolve("Dockerfile"))) {
      own(connector, folder, kind);
    } else if (Files.exists(connector.resolve("src/Main.java"))) {
      compile(connector, Files.createDirectories(app.resolve("classes")));
      copy(connector.resolve("lib"), app.resolve("lib"));
      Files.writeString(folder.resolve("Dockerfile"), Template.read("java.Dockerfile", values));
    } else if (Files.exists(connector.resolve("pyproject.toml"))) {
      copy(connector, app);
      Files.writeString(folder.resolve("Dockerfile"), Template.read("python.Dockerfile", values));
    } else {
      throw new FairwayException(ErrorCode.INVALID,
          connector + " has no Dockerfile, no src/Main.java and no pyproject.toml, so nobody knows how to package it");
    }
    return new ImageContext(folder, registry + "/" + name + ":local");
  }

  private static void own(Path connector, Path folder, ConnectorKind kind) throws IOException {
    String text = Files.readString(connector.resolve("Dockerfile"));
    if (!text.matches("(?s).*FLOW_RUNTIME_PROTOCOL[= ]\"?" + kind.protocol() + ".*")) {
      throw new FairwayException(ErrorCode.INVALID, connector.resolve("Dockerfile")
          + " needs LABEL FLOW_RUNTIME_PROTOCOL=" + kind.protocol() + ", which is how a runtime knows what it runs");
    }
    copy(connector, folder);
  }

  private static void compile(Path connector, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "needs a JDK to compile; this Java has no compiler");
    }
    List<Path> sources;
    try (Stream<Path> files = Files.walk(connector.resolve("src"))) {
      sources = files.filter(file -> file.toString().endsWith(".java")).toList();
    }
    List<Path> libraries;
    try (Stream<Path> files = Files.list(connector.resolve("lib"))) {
      libraries = files.toList();
    }
    String classPath = String.join(java.io.File.pathSeparator, libraries.stream().map(Path::toString).toList());
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
      boolean compiled = compiler.getTask(said, manager, null,
          List.of("-d", classes.toString(), "-cp", classPath, "--release", "25", "-parameters"), null,
          manager.getJavaFileObjectsFromPaths(sources)).call();
      if (!compiled) {
        throw new FairwayException(ErrorCode.INVALID, connector + " does not compile:\n" + said);
      }
    }
  }

  /* The folder's own configuration files may hold secrets, so none is copied by whatever name. */
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.sorted().toList()) {
        String name = String.valueOf(entry.getFileName());
        if (PRIVATE.contains(name) || name.matches(".*config.*\\.(ya?ml|json)")) {
          continue;
        }
        if (Files.isDirectory(entry)) {
          copy(entry, to.resolve(name));
        } else {
          Files.copy(entry, to.resolve(name));
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
