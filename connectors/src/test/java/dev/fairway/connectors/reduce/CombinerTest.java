package dev.fairway.connectors.reduce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.reduce.Combiner.Combined;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Documents of the same key that become one. */
class CombinerTest {
  private static JsonNode json(String text) {
    return Json.parse(text.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
      "'strategy':'firstWriteWins'         | 1",
      "'strategy':'minimize','key':['/n']  | 1",
      "'strategy':'maximize','key':['/n']  | 9",
      "'strategy':'merge'                  | 1"})
  void aDeletionIsKeptWhicheverDocumentTheStrategyWouldChoose(String strategy, int before) {
    Combiner combiner = new Combiner(Reducer.of(json("{'reduce':{" + strategy + "}}")), List.of("/k"));
    JsonNode deletion = json("{'k':'a','n':5,'_meta':{'op':'d'}}");
    combiner.add(json("{'k':'a','n':" + before + "}"));
    combiner.add(deletion);
    assertThat(combiner.drain()).singleElement().extracting(Combined::document).isEqualTo(deletion);

    combiner.add(json("{'k':'a','n':" + before + "}"));
    combiner.add(deletion);
    combiner.add(json("{'k':'a','n':7}"));
    assertThat(combiner.drain()).singleElement().satisfies(combined -> {
      assertThat(combined.deletion()).isEqualTo(deletion);
      assertThat(combined.document()).isEqualTo(json("{'k':'a','n':7}"));
    });
  }
}
