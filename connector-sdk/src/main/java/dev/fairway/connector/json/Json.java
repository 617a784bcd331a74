package dev.fairway.connector.json;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON as trees. Numbers keep every digit, members keep their order. Safe for many threads. */
public final class Json {
  /** Reads and writes trees; shared, and not for records of protocols, which have mappers of their own. */
  public static final JsonMapper MAPPER = JsonMapper.builder()
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

  private Json() {}

  /** @throws IllegalArgumentException when the text is not JSON; the message says where */
  public static JsonNode parse(byte[] text, int from, int to) {
    try {
      return MAPPER.readTree(text, from, to - from);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** @throws IllegalArgumentException when the text is not JSON; the message says where */
  public static JsonNode parse(byte[] text) {
    return parse(text, 0, text.length);
  }

  /** @throws IllegalArgumentException when the text is not JSON; the message says where */
  public static JsonNode parse(String text) {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Compact, on one line. */
  public static byte[] bytes(JsonNode value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** Compact, on one line. */
  public static String text(JsonNode value) {
    return MAPPER.writeValueAsString(value);
  }

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /**
   * Applies a merge patch (RFC 7396): null takes a member away, objects merge, everything else replaces.
   *
   * @param target left as it is
   */
  public static JsonNode merge(@Nullable JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) {
      return patch;
    }
    ObjectNode merged = target instanceof ObjectNode old ? copy(old) : object();
    for (Map.Entry<String, JsonNode> change : changes.properties()) {
      if (change.getValue().isNull()) {
        merged.remove(change.getKey());
      } else {
        merged.set(change.getKey(), merge(merged.get(change.getKey()), change.getValue()));
      }
    }
    return merged;
  }

  /** The patch that turns one value into the other; an empty object when they are equal. */
  public static JsonNode diff(JsonNode before, JsonNode after) {
    if (!(before instanceof ObjectNode from) || !(after instanceof ObjectNode to)) {
      return after;
    }
    ObjectNode patch = object();
    for (Iterator<String> names = from.propertyNames().iterator(); names.hasNext();) {
      String name = names.next();
      if (!to.has(name)) {
        patch.putNull(name);
      }
    }
    for (Map.Entry<String, JsonNode> member : to.properties()) {
      JsonNode old = from.get(member.getKey());
      if (!member.getValue().equals(old)) {
        patch.set(member.getKey(),
            old instanceof ObjectNode && member.getValue() instanceof ObjectNode
                ? diff(old, member.getValue())
                : member.getValue());
      }
    }
    return patch;
  }

  /* A shallow copy is enough: no node that merge answers with is ever changed in place. */
  private static ObjectNode copy(ObjectNode node) {
    ObjectNode copy = object();
    node.properties().forEach(member -> copy.set(member.getKey(), member.getValue()));
    return copy;
  }
}
