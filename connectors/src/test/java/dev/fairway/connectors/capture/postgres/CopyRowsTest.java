package dev.fairway.connectors.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.InstanceOfAssertFactories;
import tools.jackson.databind.JsonNode;

class CopyRowsTest {
  private static final int TEXT = 25;
  private static final int INT8 = 20;
  private static final int NUMERIC = 1700;
  private static final int TIMESTAMPTZ = 1184;
  private static final int BOOL = 16;
  private static final int JSONB = 3802;

  /** A value of a type, as PostgreSQL writes it. */
  record Value(int type, String text) {}

  private static PgTable.Column column(String name, int type) {
    return new PgTable.Column(name, type, "", false);
  }

  /** As COPY TO writes a value. */
  private static String copied(String text) {
    return text.replace("\\", "\\\\").replace("\b", "\\b").replace("\f", "\\f").replace("\n", "\\n")
        .replace("\r", "\\r").replace("\t", "\\t").replace("\u000b", "\\v");
  }

  @Property(seed = "20261122")
  void documentsHaveTheValuesOfTheRow(@ForAll("values") Value first, @ForAll("values") Value second)
      throws Exception {
    PgTable table = new PgTable("public", "t", List.of(column("k\"1", first.type()), column("ü", second.type())),
        List.of(column("ü", second.type())));
    CopyRows rows = new CopyRows(table);
    byte[] row = (copied(first.text()) + "\t" + copied(second.text()) + "\n").getBytes(StandardCharsets.UTF_8);
    JsonNode document = Json.parse(rows.document(row));
    same(document.path("k\"1"), first);
    same(document.path("ü"), second);
    assertThat(document.path("_meta")).isEqualTo(Json.parse("{\"op\":\"c\"}"));
    assertThat(rows.key(row)).containsExactly(second.text());
  }

  private static void same(JsonNode value, Value wanted) {
    JsonNode expected = PgTypes.value(wanted.type(), wanted.text());
    if (expected.isNumber()) {
      assertThat(value.decimalValue()).isEqualByComparingTo(expected.decimalValue());
    } else {
      assertThat(value).isEqualTo(expected);
    }
  }

  @Provide
  Arbitrary<Value> values() {
    Arbitrary<Value> texts = Arbitraries.strings().withCharRange('\u0001', '\u007f')
        .withChars('ü', '€', '"', '\\', '\t', '\n').map(text -> new Value(TEXT, text));
    Arbitrary<Value> longs = Arbitraries.longs().map(number -> new Value(INT8, number.toString()));
    Arbitrary<Value> numbers = Arbitraries.of("0", "-1.50", "12345678901234567890.123", "1e+20", "NaN", "Infinity",
        "-Infinity").map(number -> new Value(NUMERIC, number));
    Arbitrary<Value> moments = Arbitraries.of("2026-11-21 12:00:00+00", "2026-11-21 12:00:00.123456+00", "infinity",
        "-infinity", "0044-03-15 12:00:00+00 BC", "12026-11-21 12:00:00+00")
        .map(moment -> new Value(TIMESTAMPTZ, moment));
    Arbitrary<Value> others = Combinators.combine(Arbitraries.of("t", "f"), Arbitraries.of(true, false))
        .as((letter, json) -> json ? new Value(JSONB, "{\"a\": \"" + letter + "\\n\"}") : new Value(BOOL, letter));
    return Arbitraries.oneOf(texts, longs, numbers, moments, others);
  }

  @Example
  void whatIsNullIsNull() throws Exception {
    PgTable table = new PgTable("public", "t", List.of(column("id", INT8), column("text", TEXT)),
        List.of(column("id", INT8)));
    CopyRows rows = new CopyRows(table);
    assertThat(Json.parse(rows.document("1\t\\N\n".getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(Json.parse("{\"_meta\":{\"op\":\"c\"},\"id\":1,\"text\":null}"));
    assertThat(Json.parse(rows.document("1\t\\\\N\n".getBytes(StandardCharsets.US_ASCII))).path("text").asString())
        .isEqualTo("\\N");
  }

  @Example
  void aRowThatIsTooLargeIsNamed() throws Exception {
    PgTable table = new PgTable("public", "notes", List.of(column("id", INT8), column("text", TEXT)),
        List.of(column("id", INT8)));
    CopyRows rows = new CopyRows(table, 10_000);
    assertThat(Json.parse(rows.document(row("7", "\u0001".repeat(1_600)))).path("text").stringValue()).hasSize(1_600);
    for (String text : List.of("x".repeat(10_000), "\u0001".repeat(1_700))) {
      assertThatThrownBy(() -> rows.document(row("8", text))).hasMessageContaining("table public.notes")
          .hasMessageContaining("the key [8]").hasMessageContaining("larger than 10000 bytes")
          .asInstanceOf(InstanceOfAssertFactories.type(ConnectorFailedException.class))
          .extracting(ConnectorFailedException::retriable).isEqualTo(false);
    }
    assertThat(Json.parse(rows.document(row("9", "after it")))).isEqualTo(
        Json.parse("{\"_meta\":{\"op\":\"c\"},\"id\":9,\"text\":\"after it\"}"));
  }

  private static byte[] row(String id, String text) {
    return (id + "\t" + copied(text) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
