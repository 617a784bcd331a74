package dev.fairway.node.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchRowsTest {
  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {90, 100, 1_000, 20_000})
  void rowsHaveTheirSizeAndTheirNumber(int bytes) {
    byte[] row = new BenchRows(bytes, 1).template();
    BenchRows.number(row, 0, 123);
    assertThat(row).hasSize(bytes);
    assertThat(Json.parse(row).path("id").longValue()).isEqualTo(1_000_000_123L);
  }

  @Test
  void programsPrintEachRowOnceAndAStateNowAndThen() throws Exception {
    BenchRows rows = new BenchRows(20_000, 250);
    List<String> airbyte = Files.readAllLines(rows.airbyte(folder.resolve("airbyte")));
    assertThat(airbyte.stream().filter(line -> line.contains("\"RECORD\"")).distinct()).hasSize(250);
    assertThat(airbyte.getLast()).contains("RECORD").contains("1000000249");
    List<String> singer = Files.readAllLines(rows.singer(folder.resolve("singer")));
    assertThat(singer.getFirst()).contains("SCHEMA");
    assertThat(singer.stream().filter(line -> line.contains("\"STATE\""))).hasSize(1)
        .allSatisfy(line -> assertThat(line).contains("{\"n\":209}"));
  }
}
