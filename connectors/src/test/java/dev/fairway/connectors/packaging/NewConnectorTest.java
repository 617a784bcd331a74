package dev.fairway.connectors.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.ConnectorCommands;
import dev.fairway.connectors.Preview;
import dev.fairway.connectors.sealed.Sealed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new connector runs as it is, from its source, and is packaged without its secrets. */
class NewConnectorTest {
  @TempDir
  Path dir;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private ConnectorCommands commands() {
    return new ConnectorCommands(new PrintWriter(out), new PrintWriter(err), new Sealed(List.of(), Clock.systemUTC()),
        dir.resolve("scratch"));
  }

  @Test
  void aNewSourceIsDiscoveredAndPreviewed() throws Exception {
    Path source = dir.resolve("source-hello");
    NewConnector.write(source);
    Path flow = source.resolve("test.flow.yaml");
    Files.writeString(source.resolve("connector_config.yaml"), "greeting: hello\n");
    commands().discover(flow, Optional.empty(), false);
    commands().preview(flow, Optional.empty(),
        new Preview.Options(List.of(-1), Duration.ZERO, Duration.ofMinutes(2), Json.object()), false, false);
    assertThat(out.toString().lines()).hasSize(3).last().asString().contains("acmeCo/greetings")
        .contains("\"text\":\"hello 2\"");
    assertThatThrownBy(() -> NewConnector.write(source)).hasMessageContaining("is there already");
  }

  @Test
  void anImageContextHoldsTheProgramAndNoConfiguration() throws Exception {
    Path source = dir.resolve("source-hello");
    NewConnector.write(source);
    ImageContext context = ImageContext.build(source, source.resolve("target/image"), "ghcr.io/acme");
    assertThat(context.image()).isEqualTo("ghcr.io/acme/source-hello:local");
    assertThat(Files.readString(context.folder().resolve("Dockerfile")))
        .contains("FLOW_RUNTIME_PROTOCOL=\"capture\"").contains("FLOW_RUNTIME_CODEC=\"json\"").contains("ENTRYPOINT");
    assertThat(context.folder().resolve("app/classes/Main.class")).exists();
    try (Stream<Path> files = Files.walk(context.folder())) {
      assertThat(files.map(Path::toString)).noneMatch(file -> file.contains("config") || file.contains("flow.yaml"));
    }
    Process spec = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-cp",
        "classes:lib/*", "Main").directory(context.folder().resolve("app").toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (var in = spec.outputWriter()) {
      in.write("{\"spec\":{\"config\":{}}}\n");
    }
    assertThat(new String(spec.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"protocol\":3032023");
    assertThat(spec.waitFor()).isZero();
  }

  @Test
  void aNewDestinationCompiles() throws Exception {
    Path destination = dir.resolve("materialize-lines");
    NewConnector.write(destination);
    ImageContext context = ImageContext.build(destination, dir.resolve("image"), "ghcr.io/acme");
    assertThat(Files.readString(context.folder().resolve("Dockerfile")))
        .contains("FLOW_RUNTIME_PROTOCOL=\"materialize\"");
  }

  @Test
  void aNewDerivationCountsWords() throws Exception {
    Path derive = dir.resolve("derive-words");
    NewConnector.write(derive);
    commands().derive(derive.resolve("test.flow.yaml"), Optional.empty(), Optional.of(derive.resolve("fixture.json")),
        Optional.empty(), Duration.ofMinutes(1));
    assertThat(out.toString().lines().map(line -> line.replaceAll("\"_meta\":\\{.*?},", ""))).containsExactly(
        "{\"word\":\"hello\",\"count\":1}", "{\"word\":\"hi\",\"count\":1}", "{\"word\":\"hello\",\"count\":2}");
  }

  @Test
  void aConnectorInPythonIsInstalledAndRunAsAModule() throws Exception {
    Path source = Files.createDirectories(dir.resolve("source-big-data"));
    Files.writeString(source.resolve("pyproject.toml"), "[project]\nname = \"source-big-data\"\n");
    Files.writeString(source.resolve("test.flow.yaml"), "captures: {}\n");
    ImageContext context = ImageContext.build(source, dir.resolve("image"), "ghcr.io/acme");
    assertThat(Files.readString(context.folder().resolve("Dockerfile"))).contains("\"-m\", \"source_big_data\"");
    assertThat(context.folder().resolve("app/pyproject.toml")).exists();
    assertThat(context.folder().resolve("app/test.flow.yaml")).doesNotExist();
  }

  @Test
  void aFolderThatTellsNothingIsRefused() {
    assertThatThrownBy(() -> NewConnector.write(dir.resolve("thing"))).hasMessageContaining("lower-case words");
    assertThatThrownBy(() -> NewConnector.write(dir.resolve("my-thing"))).hasMessageContaining("must begin with");
    assertThatThrownBy(
        () -> ImageContext.build(Files.createDirectories(dir.resolve("source-x")), dir.resolve("i"), "r"))
        .hasMessageContaining("nobody knows how to package it");
  }
}
