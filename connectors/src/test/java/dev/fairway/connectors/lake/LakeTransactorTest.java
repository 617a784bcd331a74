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
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a session leaves on the local disk, and where it may write. */
class LakeTransactorTest {
  @TempDir
  Path dir;

  private MaterializationSpec spec() throws Exception {
    FlowFile file = FlowFile.read(Files.writeString(dir.resolve("flow.yaml"), """
        materializations:
          acme/lake:
            endpoint: { connector: { image: fairway/materialize-lake, config: { location: %s } } }
            bindings:
              - { source: acme/rows, resource: { folder: rows } }
              - { source: acme/rows, resource: { folder: again } }
        collections:
          acme/rows: { schema: { type: object, properties: { n: { type: integer } }, required: [n] }, key: [/n] }
        """.formatted(dir.resolve("out"))), new Sealed(List.of(), Clock.systemUTC()));
    FlowFile.Materialization task = Objects.requireNonNull(file.materializations().get("acme/lake"));
    return Tasks.validated(file, task, Tasks.program(task, dir.resolve("scratch"), line -> {}));
  }

  @Test
  void afterAFailedUploadNothingIsLeftInTheScratchFolder() throws Exception {
    MaterializationSpec spec = spec();
    List<Bound<LakeMaterialize.Resource>> bindings = IntStream.range(0, spec.bindings().size())
        .mapToObj(i -> Bound.of(i, spec.bindings().get(i), LakeMaterialize.Resource.class)).toList();
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
