package dev.fairway.connectors.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.Materialize.Bound;
import dev.fairway.connector.Settings;
import dev.fairway.connector.Transactor.Row;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a session leaves on the local disk, and where it may write. */
class LakeTransactorTest {
  @TempDir
  Path dir;

  private MaterializationSpec spec() throws Exception {
    return spec("jsonl");
  }

  private MaterializationSpec spec(String format) throws Exception {
    FlowFile file = FlowFile.read(Files.writeString(dir.resolve("flow.yaml"),
        """
            materializations:
              acme/lake:
                endpoint: { connector: { image: fairway/materialize-lake, config: { location: %s } } }
                bindings:
                  - { source: acme/rows, resource: { folder: rows, format: %s } }
                  - { source: acme/rows, resource: { folder: again } }
            collections:
              acme/rows: { schema: { type: object, properties: { n: { type: integer }, text: { type: string } }, required: [n] }, key: [/n] }
            """
            .formatted(dir.resolve("out"), format)),
        new Sealed(List.of(), Clock.systemUTC()));
    FlowFile.Materialization task = Objects.requireNonNull(file.materializations().get("acme/lake"));
    return Tasks.validated(file, task, Tasks.program(task, dir.resolve("scratch"), line -> {}));
  }

  private static List<Bound<LakeMaterialize.Resource>> bindings(MaterializationSpec spec) {
    return IntStream.range(0, spec.bindings().size())
        .mapToObj(i -> Bound.of(i, spec.bindings().get(i), LakeMaterialize.Resource.class)).toList();
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void aTransactionOfManyRowsIsInFilesOfAboutTheSizeThatIsAskedFor(Format format) throws Exception {
    MaterializationSpec spec = spec(format.word());
    long mostBytes = 1 << 18;
    Random random = new Random(2211);
    byte[] noise = new byte[6_000];
    try (LakeTransactor session = new LakeTransactor(new FolderShelf(dir.resolve("out")), "acme/lake", bindings(spec),
        mostBytes, dir.resolve("scratch"))) {
      for (int n = 0; n < 200; n++) {
        random.nextBytes(noise);
        JsonNode document = Json.object().put("n", n).put("text", HexFormat.of().formatHex(noise));
        List<JsonNode> key = List.of(document.path("n"));
        session.store(new Row(0, Packed.of(key), key,
            spec.bindings().getFirst().fieldSelection().values().stream().map(document::path).toList(), document,
            false, false));
      }
      session.commit(Json.object());
    }
    try (Stream<Path> found = Files.list(dir.resolve("out/rows"))) {
      List<Path> files = found.sorted().toList();
      assertThat(files).hasSizeGreaterThan(2);
      // A writer holds some of what it was given back, to compress it together.
      assertThat(files.subList(0, files.size() - 1))
          .allSatisfy(file -> assertThat(Files.size(file)).isBetween(mostBytes / 3, mostBytes * 2));
    }
  }

  @Test
  void afterAFailedUploadNothingIsLeftInTheScratchFolder() throws Exception {
    MaterializationSpec spec = spec();
    List<Bound<LakeMaterialize.Resource>> bindings = bindings(spec);
    Shelf refusing = new BreakingShelf(new FolderShelf(dir.resolve("out")), Integer.MAX_VALUE) {
      @Override
      public void put(String name, Path file) throws IOException {
        throw new IOException("no space there");
      }
    };
    Path scratch = dir.resolve("scratch");
    assertThatThrownBy(() -> {
      try (LakeTransactor session = new LakeTransactor(refusing, "acme/lake", bindings, 1 << 20, scratch)) {
        for (int binding = 0; binding < 2; binding++) {
          JsonNode document = Json.object().put("n", 1);
          List<JsonNode> key = List.of(document.path("n"));
          session.store(new Row(binding, Packed.of(key), key, List.of(), document, false, false));
        }
        assertThat(scratch).isNotEmptyDirectory();
        session.commit(Json.object());
      }
    }).hasMessage("no space there").satisfies(e -> assertThat(e.getSuppressed()).isEmpty());
    assertThat(scratch).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3a://bucket/rows", "gs://bucket", "https://bucket.s3.amazonaws.com/rows", "file:///tmp"})
  void aLocationOfAnotherKindIsNoFolder(String location) {
    assertThatThrownBy(
        () -> Settings.read(Json.object().put("location", location), LakeMaterialize.Config.class))
        .hasStackTraceContaining("write s3://BUCKET/PREFIX");
  }

  @Test
  void theSecretIsNotShown() {
    LakeMaterialize.Config config = Settings.read(Json.object().put("location", "s3://bucket/rows")
        .put("accessKey", "somebody").put("secretKey", "hush"), LakeMaterialize.Config.class);
    assertThat(config.toString()).contains("s3://bucket/rows").doesNotContain("hush");
  }
}
