package dev.fairway.connector.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class JsonTest {
  /** The examples of RFC 7396, appendix A. */
  @Test
  void mergesAsTheStandardSays() {
    merges("{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
    merges("{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}");
    merges("{\"a\":\"b\"}", "{\"a\":null}", "{}");
    merges("{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}");
    merges("{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
    merges("{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}");
    merges("{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}");
    merges("{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}");
    merges("[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]");
    merges("{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]");
    merges("{\"a\":\"foo\"}", "null", "null");
    merges("{\"a\":\"foo\"}", "\"bar\"", "\"bar\"");
    merges("{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}");
    merges("[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}");
    merges("{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}");
  }

  @Property(seed = "1")
  void thePatchFromOneToTheOtherLeadsThere(@ForAll long one, @ForAll long other) {
    JsonNode before = withoutNulls(JsonCursorTest.tree(new Random(one), 0));
    JsonNode after = withoutNulls(JsonCursorTest.tree(new Random(other), 0));
    assertThat(Json.merge(before, Json.diff(before, after))).isEqualTo(after);
    assertThat(Json.diff(before, before)).isEqualTo(Json.object());
  }

  @Test
  void numbersKeepEveryDigit() {
    String text = "{\"a\":123456789012345678901234567890,\"b\":1.10,\"c\":0.1234567890123456789}";
    assertThat(Json.text(Json.parse(text))).isEqualTo(text);
  }

  private static JsonNode withoutNulls(JsonNode node) {
    return Json.merge(Json.object(), node);
  }

  private static void merges(String target, String patch, String result) {
    assertThat(Json.merge(Json.parse(target), Json.parse(patch))).isEqualTo(Json.parse(result));
  }
}
