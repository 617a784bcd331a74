import dev.fairway.connector.ConnectorMain;
import dev.fairway.connector.Derive;
import dev.fairway.connector.Setting;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Counts words: replace it by what you make out of your collections. */
public final class Main implements Derive<Main.Config, Main.Lambda> {
  public static void main(String[] args) {
    ConnectorMain.run(new Main());
  }

  /** What is asked of the person who configures the connector; its JSON schema is made from this record. */
  public record Config(@Setting(description = "How many words are counted at most", defaultValue = "1000") int most) {}

  /** What is done with the documents of one source. */
  public record Lambda(@Setting(description = "Which member holds the word") String member) {}

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  @Override
  public Class<Lambda> resourceType() {
    return Lambda.class;
  }

  @Override
  public Session open(Config config, CollectionSpec collection, List<Lambda> transforms, JsonNode state) {
    return new Counting(config.most(), transforms, state);
  }

  /** The counts are the state: they commit with what was read and published, so that no word is counted twice. */
  private static final class Counting implements Session {
    private final int most;
    private final List<Lambda> transforms;
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private ObjectNode changed = Json.object();

    Counting(int most, List<Lambda> transforms, JsonNode state) {
      this.most = most;
      this.transforms = transforms;
      state.properties().forEach(word -> counts.put(word.getKey(), word.getValue().asLong(0)));
    }

    @Override
    public void read(int transform, JsonNode document, Publisher publisher) {
      String word = document.path(transforms.get(transform).member()).asString("");
      if (counts.containsKey(word) || counts.size() < most) {
        changed.put(word, counts.merge(word, 1L, Long::sum));
      }
    }

    @Override
    public void flush(Publisher publisher) {
      changed.propertyNames().forEach(word -> publisher.publish(
          Json.object().put("word", word).put("count", counts.get(word))));
    }

    @Override
    public ConnectorState commit() {
      ConnectorState state = ConnectorState.patch(changed);
      changed = Json.object();
      return state;
    }

    @Override
    public void reset() {
      counts.clear();
      changed = Json.object();
    }
  }
}
