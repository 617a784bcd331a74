import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.ConnectorMain;
import dev.fairway.connector.Setting;
import dev.fairway.connector.json.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Captures greetings: replace them by what your source has. */
public final class Main implements Capture<Main.Config, Main.Resource> {
  private static final int A_SESSION = 3;

  public static void main(String[] args) {
    ConnectorMain.run(new Main());
  }

  /** What is asked of the person who configures the connector; its JSON schema is made from this record. */
  public record Config(@Setting(description = "What to say") String greeting,
      @Setting(description = "Proves who is greeting", secret = true, defaultValue = "\"\"") String token) {}

  /** One stream of the source. */
  public record Resource(@Setting(description = "Name of the stream", collectionName = true) String name) {}

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  @Override
  public Class<Resource> resourceType() {
    return Resource.class;
  }

  @Override
  public List<String> resourcePath(Resource resource) {
    return List.of(resource.name());
  }

  @Override
  public List<String> resourcePathPointers() {
    return List.of("/name");
  }

  @Override
  public List<Discovery<Resource>> discover(Config config) {
    JsonNode schema = Json.parse("""
        {"type":"object","properties":{"n":{"type":"integer"},"text":{"type":"string"}},"required":["n","text"]}""");
    return List.of(new Discovery<>("greetings", new Resource("greetings"), schema, List.of("/n")));
  }

  /** Documents and the state that says they were captured are committed together, so that a crash neither loses nor doubles. */
  @Override
  public void run(Config config, CaptureSession<Resource> session) {
    for (Bound<Resource> binding : session.bindings()) {
      long first = session.state(binding).map(state -> state.path("next").asLong(0)).orElse(0L);
      for (long n = first; n < first + A_SESSION && !session.stopping(); n++) {
        session.batch()
            .document(binding, Json.object().put("n", n).put("text", config.greeting() + " " + n))
            .state(binding, Json.object().put("next", n + 1))
            .commit();
      }
    }
  }
}
