package dev.fairway.connector.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class JsonCursorTest {
  private static final JsonMapper JACKSON = JsonMapper
      .builder(JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(JsonCursor.MAX_DEPTH).build()).build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
      .build();

  @Test
  void handsOutRangesOfMembers() {
    byte[] text = bytes(" {\"type\" : \"RECORD\",\"record\":{\"a\":[1,{\"b\":\"}\\\"\"}] }} ");
    JsonCursor cursor = new JsonCursor();
    cursor.reset(text, 0, text.length);
    cursor.enterObject();
    assertThat(cursor.nextMember()).isTrue();
    assertThat(cursor.key()).isEqualTo("type");
    cursor.skipValue();
    assertThat(cursor.nextMember()).isTrue();
    assertThat(cursor.keyIs(bytes("record"))).isTrue();
    Members members = new Members();
    members.read(text, cursor);
    assertThat(new String(text, members.from(), members.to() - members.from(), StandardCharsets.UTF_8))
        .isEqualTo("{\"a\":[1,{\"b\":\"}\\\"\"}] }");
    assertThat(members.count()).isEqualTo(1);
    assertThat(cursor.nextMember()).isFalse();
    cursor.expectEnd();
  }

  @Test
  void namesWrittenWithEscapesAreTheSameNames() {
    byte[] text = bytes("{\"\\u0074ype\":1}");
    JsonCursor cursor = new JsonCursor();
    cursor.reset(text, 0, text.length);
    cursor.enterObject();
    cursor.nextMember();
    assertThat(cursor.keyIs(bytes("type"))).isTrue();
    assertThat(cursor.keyIs(bytes("t"))).isFalse();
    assertThat(cursor.keyIs(bytes("tope"))).isFalse();
  }

  @Test
  void saysWhereTextIsBroken() {
    assertThatThrownBy(() -> check("{\"a\":tru}")).hasMessage("expected a value at byte 5");
    assertThatThrownBy(() -> check("{\"a\":1,}")).hasMessage("expected a member's name at byte 7");
    assertThatThrownBy(() -> check("[1 2]")).hasMessage("expected ',' or ']' at byte 3");
    assertThatThrownBy(() -> check("\"a")).hasMessageContaining("not closed");
    assertThatThrownBy(() -> check("1 1")).hasMessageContaining("unexpected text after the value at byte 2");
    assertThatThrownBy(() -> check("")).hasMessageContaining("ends where a value should be");
    assertThatThrownBy(() -> JsonCursor.check(new byte[]{'"', (byte) 0xc0, (byte) 0x80, '"'}, 0, 4))
        .hasMessage("not UTF-8 at byte 1");
    assertThatThrownBy(() -> check("[".repeat(JsonCursor.MAX_DEPTH + 1) + "]".repeat(JsonCursor.MAX_DEPTH + 1)))
        .hasMessageContaining("nested deeper than 512");
  }

  /** Every valid text passes, and top-level members are the ones Jackson sees. */
  @Property(seed = "1")
  void agreesWithJacksonOnWhatIsValid(@ForAll("objects") ObjectNode node, @ForAll boolean pretty) {
    byte[] text = pretty
        ? JACKSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node)
        : JACKSON.writeValueAsBytes(node);
    byte[] shifted = new byte[text.length + 5];
    System.arraycopy(text, 0, shifted, 3, text.length);
    JsonCursor cursor = new JsonCursor();
    cursor.reset(shifted, 3, 3 + text.length);
    Members members = new Members();
    members.read(shifted, cursor);
    cursor.expectEnd();
    Map<String, JsonNode> seen = new LinkedHashMap<>();
    for (int i = 0; i < members.count(); i++) {
      seen.put(members.name(i), JACKSON.readTree(shifted, members.valueFrom(i),
          members.valueTo(i) - members.valueFrom(i)));
    }
    assertThat(seen).containsExactlyEntriesOf(asMap(node));
  }

  /** A byte changed anywhere: either both take the text or both refuse it. */
  @Property(seed = "2", tries = 3000)
  void agreesWithJacksonOnWhatIsBroken(@ForAll("objects") ObjectNode node, @ForAll long seed) {
    byte[] text = JACKSON.writeValueAsBytes(node);
    Random random = new Random(seed);
    byte[] alphabet = bytes("{}[]\",:\\0123456789.eE+-tfnu /\t\u0001\u00e9");
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      text[random.nextInt(text.length)] = alphabet[random.nextInt(alphabet.length)];
    }
    boolean jackson = jacksonTakes(text);
    boolean ours = true;
    try {
      JsonCursor.check(text, 0, text.length);
    } catch (MalformedJsonException e) {
      ours = false;
    }
    assertThat(ours).as(new String(text, StandardCharsets.ISO_8859_1)).isEqualTo(jackson);
  }

  private static boolean jacksonTakes(byte[] text) {
    try (JsonParser parser = JACKSON.createParser(text)) {
      int values = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING || token == JsonToken.PROPERTY_NAME) {
          parser.getString();
        }
        if (parser.streamReadContext().inRoot() && !token.isStructStart()) {
          values++;
        }
      }
      return values == 1;
    } catch (JacksonException e) {
      return false;
    }
  }

  @Property(seed = "3")
  void noiseNeverDoesWorseThanBeRefused(@ForAll byte[] noise) {
    try {
      JsonCursor.check(noise, 0, noise.length);
    } catch (MalformedJsonException e) {
      assertThat(e.offset()).isBetween(0, noise.length);
    }
  }

  @Provide
  Arbitrary<ObjectNode> objects() {
    return Arbitraries.longs().map(seed -> (ObjectNode) tree(new Random(seed), 0));
  }

  static JsonNode tree(Random random, int depth) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    int kind = depth == 0 ? 0 : random.nextInt(depth > 3 ? 6 : 8);
    return switch (kind) {
      case 1 -> nodes.stringNode(string(random));
      case 2 -> nodes.numberNode(random.nextLong());
      case 3 -> nodes.numberNode(new java.math.BigDecimal(new java.math.BigInteger(80, random), random.nextInt(30)));
      case 4 -> nodes.booleanNode(random.nextBoolean());
      case 5 -> nodes.nullNode();
      case 6 -> {
        var array = nodes.arrayNode();
        for (int i = random.nextInt(5); i > 0; i--) {
          array.add(tree(random, depth + 1));
        }
        yield array;
      }
      default -> {
        var object = nodes.objectNode();
        for (int i = random.nextInt(6); i > 0; i--) {
          object.set(string(random), tree(random, depth + 1));
        }
        yield object;
      }
    };
  }

  private static String string(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      switch (random.nextInt(8)) {
        case 0 -> text.append("\"\\/\b\f\n\r\t".charAt(random.nextInt(8)));
        case 1 -> text.appendCodePoint(0x80 + random.nextInt(0x700));
        case 2 -> text.appendCodePoint(0x1f600 + random.nextInt(50));
        case 3 -> text.appendCodePoint(0xe000 + random.nextInt(0x1000));
        default -> text.append((char) (' ' + random.nextInt(95)));
      }
    }
    return text.toString();
  }

  private static Map<String, JsonNode> asMap(ObjectNode node) {
    Map<String, JsonNode> map = new LinkedHashMap<>();
    JACKSON.readTree(JACKSON.writeValueAsBytes(node)).properties().forEach(e -> map.put(e.getKey(), e.getValue()));
    return map;
  }

  private static void check(String text) {
    byte[] bytes = bytes(text);
    JsonCursor.check(bytes, 0, bytes.length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
