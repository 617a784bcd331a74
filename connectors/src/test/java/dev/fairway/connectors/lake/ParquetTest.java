package dev.fairway.connectors.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connectors.ConnectorCommands;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.connectors.sealed.Sealed;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents as typed columns. */
class ParquetTest {
  @TempDir
  Path dir;

  private void materialize(String document) throws Exception {
    Path flow = Files.writeString(dir.resolve("flow.yaml"),
        """
            materializations:
              acme/lake:
                endpoint: { connector: { image: fairway/materialize-lake, config: { location: %s } } }
                bindings: [{ source: acme/rows, resource: { folder: rows, format: parquet } }]
            collections:
              acme/rows:
                key: [/n]
                schema:
                  type: object
                  required: [n]
                  properties:
                    n: { type: integer }
                    ratio: { type: [number, "null"] }
                    sure: { type: boolean }
                    text: { type: string }
                    day: { type: string, format: date }
                    at: { type: string, format: date-time }
                    inner: { type: object, properties: { deep: { type: string } } }
                    either: { type: [integer, string] }
            """
            .formatted(dir.resolve("out")));
    Path fixture = Files.writeString(dir.resolve("fixture.json"), "[[[\"acme/rows\"," + document + "]]]");
    new ConnectorCommands(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()),
        new Sealed(List.of(), Clock.systemUTC()), dir.resolve("scratch")).materialize(flow, Optional.empty(),
            Optional.of(fixture), Optional.of(dir.resolve("data")), Duration.ofMinutes(1));
  }

  private List<Group> rows() throws IOException {
    List<Group> rows = new ArrayList<>();
    FolderShelf shelf = new FolderShelf(dir.resolve("out"));
    for (String name : shelf.list("rows/")) {
      try (ParquetReader<Group> reader = new Reader(new LocalInputFile(dir.resolve("out").resolve(name))).build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  @Test
  void aFieldIsAColumnOfItsType() throws Exception {
    materialize("""
        {"n":9007199254740993,"ratio":0.5,"sure":true,"text":"grün","day":"2026-02-28",
         "at":"2026-02-28T10:00:00.000001+02:00","inner":{"deep":"a"},"either":"b"}""");
    materialize("{\"n\":2,\"ratio\":null,\"either\":7}");
    List<Group> rows = rows();
    Group full = rows.getFirst();
    assertThat(full.getLong("n", 0)).isEqualTo(9007199254740993L);
    assertThat(full.getDouble("ratio", 0)).isEqualTo(0.5);
    assertThat(full.getBoolean("sure", 0)).isTrue();
    assertThat(full.getString("text", 0)).isEqualTo("grün");
    assertThat(LocalDate.ofEpochDay(full.getInteger("day", 0))).isEqualTo("2026-02-28");
    assertThat(full.getLong("at", 0))
        .isEqualTo(Instant.parse("2026-02-28T08:00:00Z").getEpochSecond() * 1_000_000 + 1);
    assertThat(full.getString("inner", 0)).isEqualTo("{\"deep\":\"a\"}");
    assertThat(full.getString("either", 0)).isEqualTo("\"b\"");
    Group bare = rows.get(1);
    assertThat(bare.getFieldRepetitionCount("ratio")).isZero();
    assertThat(bare.getString("either", 0)).isEqualTo("7");
    assertThat(rows).hasSize(2);
  }

  @Test
  void timesThatPostgresWritesItsOwnWayAreTimes() throws Exception {
    materialize("{\"n\":1,\"day\":\"0044-03-15 BC\",\"at\":\"0044-03-15 12:00:00.5+00 BC\"}");
    materialize("{\"n\":2,\"day\":\"12026-11-21\",\"at\":\"12026-11-21 12:00:00+00\"}");
    materialize("{\"n\":3,\"day\":\"infinity\",\"at\":\"-infinity\"}");
    List<Group> rows = rows();
    assertThat(LocalDate.ofEpochDay(rows.getFirst().getInteger("day", 0))).isEqualTo("-0043-03-15");
    assertThat(rows.getFirst().getLong("at", 0))
        .isEqualTo(Instant.parse("-0043-03-15T12:00:00Z").getEpochSecond() * 1_000_000 + 500_000);
    assertThat(LocalDate.ofEpochDay(rows.get(1).getInteger("day", 0))).isEqualTo("+12026-11-21");
    assertThat(rows.get(1).getLong("at", 0))
        .isEqualTo(Instant.parse("+12026-11-21T12:00:00Z").getEpochSecond() * 1_000_000);
    assertThat(rows.get(2).getFieldRepetitionCount("day")).isZero();
    assertThat(rows.get(2).getFieldRepetitionCount("at")).isZero();
  }

  @ParameterizedTest
  @CsvSource({"'{\"n\":123456789012345678901}', field n, type INTEGER cannot hold: 123456789012345678901",
      "'{\"n\":1,\"at\":\"some day\"}', field at, type TIME cannot hold: \"some day\""})
  void aValueThatNoColumnCanHoldIsNamedAndNotTriedAgain(String document, String field, String why) {
    assertThatThrownBy(() -> materialize(document)).hasMessageContaining(field + " has a value that a column of " + why)
        .asInstanceOf(InstanceOfAssertFactories.type(ConnectorFailedException.class))
        .extracting(ConnectorFailedException::retriable).isEqualTo(false);
  }

  private static final class Reader extends ParquetReader.Builder<Group> {
    Reader(InputFile file) {
      super(file, new PlainParquetConfiguration());
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }
}
