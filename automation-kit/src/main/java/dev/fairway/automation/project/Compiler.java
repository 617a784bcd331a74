package dev.fairway.automation.project;

import dev.fairway.automation.sdk.Integration;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Ledger;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;

/** Compiles with the JDK that runs this. */
final class Compiler {
  private Compiler() {}

  /** What authors compile against: the SDK and what it shows. */
  static List<Path> sdk() {
    return Stream.of(Integration.class, Ledger.class, Logger.class, NullMarked.class).map(Compiler::home).distinct()
        .toList();
  }

  private static Path home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the class path names " + type + " by no path", e);
    }
  }

  /** The whole class path of this process, for tests. */
  static List<Path> all() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).filter(s -> !s.isBlank())
        .map(Path::of).map(Path::toAbsolutePath).toList();
  }

  /**
   * Compiles every source below a folder; nothing when there is none.
   *
   * @return warnings
   * @throws FairwayException with {@code INVALID} and the compiler's words when it does not compile, {@code CONFIGURATION}
   * when the Java that runs this has no compiler
   */
  static List<String> compile(Path sources, Path classes, List<Path> classPath) throws IOException {
    List<Path> files = sources(sources);
    if (files.isEmpty()) {
      return List.of();
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          System.getProperty("java.home") + " is a Java runtime without a compiler; install a JDK");
    }
    Files.createDirectories(classes);
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    List<String> options = List.of("-d", classes.toString(), "-parameters", "-Xlint:all,-processing", "-proc:none",
        "-classpath", classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(said, Locale.ROOT, StandardCharsets.UTF_8)) {
      boolean compiled = compiler
          .getTask(null, manager, said, options, null, manager.getJavaFileObjectsFromPaths(files)).call();
      List<String> lines = new ArrayList<>();
      said.getDiagnostics().forEach(one -> lines.add(line(sources, one)));
      if (!compiled) {
        throw new FairwayException(ErrorCode.INVALID, "it does not compile:\n  " + String.join("\n  ", lines));
      }
      return lines;
    }
  }

  private static String line(Path sources, Diagnostic<? extends JavaFileObject> one) {
    String where = one.getSource() == null
        ? ""
        : sources.resolveSibling("").relativize(Path.of(one.getSource().toUri())) + ":" + one.getLineNumber() + ": ";
    return where + one.getKind().name().toLowerCase(Locale.ROOT) + ": " + one.getMessage(Locale.ROOT);
  }

  static List<Path> sources(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }
}
