package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.Transactor.FencedException;
import dev.fairway.connector.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole transactions are published, once each. */
class StageTest {
  @TempDir
  Path dir;

  @Test
  void whatIsPublishedIsThereWithItsCheckpoint() throws Exception {
    Stage stage = Stage.open(dir);
    assertThat(stage.checkpoint()).isEmpty();
    Files.writeString(stage.begin().resolve("rows"), "one");
    stage.publish(Json.object().put("at", 1));
    Files.writeString(stage.begin().resolve("rows"), "two");
    stage.publish(Json.object().put("at", 2));
    assertThat(dir.resolve("00000001/rows")).hasContent("one");
    assertThat(Stage.open(dir).checkpoint()).contains(Json.object().put("at", 2));
  }

  @Test
  void ofTwoRivalsOnlyTheFirstPublishes() throws Exception {
    Stage first = Stage.open(dir);
    Stage second = Stage.open(dir);
    Files.writeString(first.begin().resolve("rows"), "first");
    Files.writeString(second.begin().resolve("rows"), "second");
    first.publish(Json.object());
    assertThatThrownBy(() -> second.publish(Json.object())).isInstanceOf(FencedException.class)
        .hasMessageContaining("00000001");
    assertThat(dir.resolve("00000001/rows")).hasContent("first");
  }

  @Test
  void whatAProcessOfTheSameNumberLeftIsForgotten() throws Exception {
    ProcessHandle self = ProcessHandle.current();
    long start = self.info().startInstant().orElseThrow().toEpochMilli();
    Path left = Files.createDirectories(dir.resolve(".pending-" + self.pid() + "-" + (start - 3_600_000) + "-1"));
    Path older = Files.createDirectories(dir.resolve(".pending-" + self.pid() + "-1"));
    Path ours = Files.createDirectories(dir.resolve(".pending-" + self.pid() + "-" + start + "-1"));
    Path foreign = Files.createDirectories(dir.resolve(".pending-review"));
    Stage.open(dir);
    assertThat(left).doesNotExist();
    assertThat(older).doesNotExist();
    assertThat(ours).exists();
    assertThat(foreign).exists();
  }

  @Test
  void whatACrashLeftIsForgotten() throws Exception {
    Path left = Files.createDirectories(dir.resolve(".pending-999999999-1"));
    Files.writeString(left.resolve("rows"), "half");
    Stage.open(dir);
    assertThat(left).doesNotExist();
  }
}
