package dev.fairway.connector.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class PackedTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @Test
  void packsAsTheTupleLayerDoes() {
    assertThat(hex()).isEmpty();
    assertThat(hex("\"a\"")).isEqualTo("026100");
    assertThat(pack("\"a\"").base64()).isEqualTo("AmEA");
    assertThat(pack("1", "true").base64()).isEqualTo("FQEn");
    assertThat(hex("0")).isEqualTo("14");
    assertThat(hex("255")).isEqualTo("15ff");
    assertThat(hex("256")).isEqualTo("160100");
    assertThat(hex("-1")).isEqualTo("13fe");
    assertThat(hex("-256")).isEqualTo("12feff");
    assertThat(hex("1.5")).isEqualTo("21bff8000000000000");
    assertThat(hex("-1.5")).isEqualTo("214007ffffffffffff");
    assertThat(hex("\"x\\u0000y\"")).isEqualTo("027800ff7900");
    assertThat(hex("null")).isEqualTo("00");
    assertThat(hex("{\"k\":1}")).isEqualTo("017b226b223a317d00");
    assertThat(hex("18446744073709551615")).isEqualTo("1cffffffffffffffff");
  }

  @Property(seed = "1")
  void unpacksWhatItPacked(@ForAll List<String> strings, @ForAll List<BigInteger> integers,
      @ForAll List<Double> doubles,
      @ForAll boolean flag) {
    List<JsonNode> values = new ArrayList<>();
    strings.stream().map(PackedTest::paired).forEach(text -> values.add(NODES.stringNode(text)));
    integers.stream().filter(i -> i.bitLength() < 64)
        .forEach(i -> values.add(NODES.numberNode(i.longValue())));
    doubles.forEach(d -> values.add(NODES.numberNode(d)));
    values.add(NODES.booleanNode(flag));
    values.add(NODES.nullNode());
    values.add(Json.parse("[1,{\"a\":\"\\u0000\"}]"));
    assertThat(Packed.of(values).values()).usingElementComparator((a, b) -> a.toString().equals(b.toString()) ? 0 : 1)
        .containsExactlyElementsOf(values);
  }

  @Property(seed = "2")
  void orderOfBytesIsOrderOfIntegers(@ForAll long left, @ForAll long right) {
    assertThat(Integer.signum(pack("" + left).compareTo(pack("" + right))))
        .isEqualTo(Integer.signum(Long.compare(left, right)));
  }

  @Property(seed = "3")
  void orderOfBytesIsOrderOfDoubles(@ForAll double left, @ForAll double right) {
    Packed a = Packed.of(List.of(NODES.numberNode(left)));
    Packed b = Packed.of(List.of(NODES.numberNode(right)));
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(Integer.signum(Double.compare(left, right)));
  }

  @Property(seed = "4")
  void noiseIsRefusedOrUnderstood(@ForAll byte[] noise) {
    Packed packed = Packed.ofBytes(noise);
    try {
      packed.values();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("packed tuple");
    }
  }

  @Test
  void saysWhereATupleIsBroken() {
    assertThatThrownBy(() -> Packed.ofBytes(new byte[]{0x15}).values())
        .hasMessageContaining("ends inside the element at byte 0");
    assertThatThrownBy(() -> Packed.ofBytes(new byte[]{0x30}).values())
        .hasMessageContaining("unknown element type 48 at byte 0");
  }

  private static String paired(String text) {
    return text.codePoints().filter(c -> c < 0xd800 || c > 0xdfff)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
  }

  private static Packed pack(String... values) {
    return Packed.of(List.of(values).stream().map(Json::parse).toList());
  }

  private static String hex(String... values) {
    return HexFormat.of().formatHex(pack(values).bytes());
  }
}
