package dev.fairway.connectors.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.postgres.PgOutput.Tuple;
import dev.fairway.connectors.capture.postgres.PgOutput.Value;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Messages of pgoutput, as the documentation of PostgreSQL lays them out. */
class PgOutputTest {
  private static PgOutput read(String hex) {
    return PgOutput.read(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));
  }

  @Test
  void aTransactionIsRead() {
    assertThat(read("42 0000000001000010 0000000000000000 0000002a")).isEqualTo(new PgOutput.Begin(0x1000010));
    assertThat(read("52 00000007 7300 7400 64 0002 01 696400 00000014 ffffffff 00 7600 00000019 ffffffff"))
        .isEqualTo(new PgOutput.Relation(7, "s", "t",
            List.of(new PgOutput.Column("id", 20, true), new PgOutput.Column("v", 25, false))));
    assertThat(read("49 00000007 4e 0002 74 00000001 31 6e")).isEqualTo(
        new PgOutput.Insert(7, new Tuple(List.of(new Value.Text("1"), new Value.Null()))));
    assertThat(read("55 00000007 4b 0001 74 00000001 31 4e 0002 74 00000001 32 75")).isEqualTo(
        new PgOutput.Update(7, new Tuple(List.of(new Value.Text("1"))),
            new Tuple(List.of(new Value.Text("2"), new Value.Unchanged()))));
    assertThat(read("44 00000007 4b 0001 74 00000001 32"))
        .isEqualTo(new PgOutput.Delete(7, new Tuple(List.of(new Value.Text("2")))));
    assertThat(read("43 00 0000000001000010 0000000001000040 0000000000000000"))
        .isEqualTo(new PgOutput.Commit(0x1000040));
  }

  @Test
  void whatEndsTooEarlyIsRefused() {
    assertThatThrownBy(() -> read("49 00000007 4e 0002 74 7fffffff 31")).isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> read("42 00")).isInstanceOf(ProtocolException.class);
  }

  @Property(tries = 500)
  void anyBytesAreReadOrRefusedWithOneException(@ForAll byte[] bytes) {
    try {
      assertThat(PgOutput.read(ByteBuffer.wrap(bytes))).isNotNull();
    } catch (ProtocolException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Test
  void valuesKeepTheirMeaning() {
    assertThat(PgTypes.value(1700, "1234567890123456789.10")).isEqualTo(Json.parse("1234567890123456789.10"));
    assertThat(PgTypes.value(1700, "NaN")).isEqualTo(Json.parse("\"NaN\""));
    assertThat(PgTypes.value(16, "t")).isEqualTo(Json.parse("true"));
    assertThat(PgTypes.value(1184, "2024-02-29 23:59:59.5+00")).isEqualTo(Json.parse("\"2024-02-29T23:59:59.5Z\""));
    assertThat(PgTypes.value(1184, "infinity")).isEqualTo(Json.parse("\"infinity\""));
    assertThat(PgTypes.value(3802, "{\"a\": [1]}")).isEqualTo(Json.parse("{\"a\":[1]}"));
  }
}
