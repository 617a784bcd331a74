package dev.fairway.connectors.reduce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Documents may be combined in any grouping before they meet what is stored. */
class ReducerPropertyTest {
  private static final Reducer ALL = Reducer.of(Json.parse(
      """
          {"reduce":{"strategy":"merge"},
           "if":{"properties":{"last":{"const":"reset"}},"required":["last"]},
           "then":{"properties":{"reset":{"reduce":{"strategy":"lastWriteWins"}}}},
           "properties":{
            "first":{"reduce":{"strategy":"firstWriteWins"}},
            "sum":{"reduce":{"strategy":"sum"}},
            "append":{"reduce":{"strategy":"append"}},
            "min":{"reduce":{"strategy":"minimize"}},
            "max":{"reduce":{"strategy":"maximize","key":["/k"]},"properties":{"n":{"reduce":{"strategy":"sum"}}}},
            "byIndex":{"reduce":{"strategy":"merge"},"items":{"reduce":{"strategy":"sum"}}},
            "byKey":{"reduce":{"strategy":"merge","key":["/k"]},
              "items":{"reduce":{"strategy":"merge"},"properties":{"n":{"reduce":{"strategy":"sum"}}}}},
            "set":{"reduce":{"strategy":"set"},"additionalProperties":{"additionalProperties":{"reduce":{"strategy":"sum"}}}},
            "sorted":{"reduce":{"strategy":"set","key":["/k"]},"additionalProperties":{
              "items":{"reduce":{"strategy":"merge"},"properties":{"n":{"reduce":{"strategy":"sum"}}}}}}}}"""));

  @Provide
  Arbitrary<JsonNode> documents() {
    Arbitrary<String> number = Arbitraries.of("-2", "0", "1", "2.50", "1e3", "0.1", "9007199254740993");
    Arbitrary<String> letter = Arbitraries.of("\"a\"", "\"b\"", "\"c\"");
    Arbitrary<String> keyed = Combinators.combine(letter, number).as((k, n) -> "{\"k\":" + k + ",\"n\":" + n + "}");
    Arbitrary<String> map = Arbitraries.maps(letter, number).ofMaxSize(3)
        .map(members -> new TreeMap<>(members).entrySet().stream().map(m -> m.getKey() + ":" + m.getValue()).toList())
        .map(members -> "{" + String.join(",", members) + "}");
    Arbitrary<String> sorted = Arbitraries.maps(letter, number).ofMaxSize(3)
        .map(members -> new TreeMap<>(members).entrySet().stream()
            .map(m -> "{\"k\":" + m.getKey() + ",\"n\":" + m.getValue() + "}").toList())
        .map(items -> "[" + String.join(",", items) + "]");
    Arbitrary<String> numbers = number.list().ofMaxSize(3).map(items -> "[" + String.join(",", items) + "]");
    List<Arbitrary<String>> members = List.of(member("first", number), member("sum", number),
        member("append", numbers), member("min", Arbitraries.oneOf(number, letter)), member("max", keyed),
        member("byIndex", numbers), member("byKey", sorted), member("set", changes(map)),
        member("sorted", changes(sorted)), member("last", letter));
    return Combinators.combine(members).as(all -> {
      List<String> present = all.stream().filter(member -> !member.isEmpty()).toList();
      return Json.parse("{" + String.join(",", present) + "}");
    });
  }

  private static Arbitrary<String> member(String name, Arbitrary<String> value) {
    return value.map(text -> "\"" + name + "\":" + text).injectNull(0.3).map(text -> text == null ? "" : text);
  }

  private static Arbitrary<String> changes(Arbitrary<String> members) {
    return Combinators.combine(members, members, Arbitraries.of("", "remove", "intersect"), Arbitraries.of(true, false))
        .as((add, narrow, how, adds) -> "{" + (adds ? "\"add\":" + add : "") + (adds && !how.isEmpty() ? "," : "")
            + (how.isEmpty() ? "" : "\"" + how + "\":" + narrow) + "}");
  }

  @Property(tries = 400)
  void combiningIsAssociative(@ForAll("documents") JsonNode a, @ForAll("documents") JsonNode b,
      @ForAll("documents") JsonNode c) {
    assertThat(plain(ALL.combine(ALL.combine(a, b), c))).isEqualTo(plain(ALL.combine(a, ALL.combine(b, c))));
  }

  @Property(tries = 400)
  void whatIsCombinedFirstHasTheSameEffectOnWhatIsStored(@ForAll("documents") JsonNode a,
      @ForAll("documents") JsonNode b, @ForAll("documents") JsonNode c) {
    JsonNode stored = ALL.complete(null, a);
    JsonNode oneByOne = ALL.complete(ALL.complete(stored, b), c);
    assertThat(plain(ALL.complete(stored, ALL.combine(b, c)))).isEqualTo(plain(oneByOne));
    assertThat(plain(ALL.complete(null, ALL.combine(a, ALL.combine(b, c))))).isEqualTo(plain(oneByOne));
  }

  @Property(tries = 200)
  void neitherDocumentIsChanged(@ForAll("documents") JsonNode a, @ForAll("documents") JsonNode b) {
    String before = Json.text(a) + Json.text(b);
    ALL.combine(a, b);
    ALL.complete(a, b);
    assertThat(Json.text(a) + Json.text(b)).isEqualTo(before);
  }

  @Property(tries = 200)
  void theOrderOfValuesIsTotal(@ForAll("documents") JsonNode a, @ForAll("documents") JsonNode b,
      @ForAll("documents") JsonNode c) {
    List<JsonNode> sorted = new ArrayList<>(List.of(a, b, c));
    Collections.sort(sorted, JsonOrder.NATURAL);
    assertThat(JsonOrder.NATURAL.compare(sorted.get(0), sorted.get(2))).isLessThanOrEqualTo(0);
    assertThat(JsonOrder.NATURAL.compare(a, b)).isEqualTo(-JsonOrder.NATURAL.compare(b, a));
  }

  /* Members in the order of their names: grouping may change the order in which they are met. */
  private static JsonNode plain(JsonNode value) {
    if (value instanceof ObjectNode object) {
      ObjectNode sorted = Json.object();
      object.propertyNames().stream().sorted().forEach(name -> sorted.set(name, plain(object.path(name))));
      return sorted;
    }
    return value;
  }
}
