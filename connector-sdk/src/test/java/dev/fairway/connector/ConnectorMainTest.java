package dev.fairway.connector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Golden transcripts: what a runtime says, and what a connector written with the SDK answers. */
class ConnectorMainTest {
  record Config(@Setting(description = "How far to count", defaultValue = "3") int n,
      @Setting(secret = true) Optional<String> token) {}

  record Resource(String name) {}

  /** Counts up to n, three more in each session. */
  static final class Counter implements Capture<Config, Resource> {
    @Override
    public Class<Config> configType() {
      return Config.class;
    }

    @Override
    public Class<Resource> resourceType() {
      return Resource.class;
    }

    @Override
    public List<Discovery<Resource>> discover(Config config) {
      return List.of(new Discovery<>("numbers", new Resource("numbers"), Json.parse("{\"type\":\"object\"}"),
          List.of("/id")));
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
    public void run(Config config, CaptureSession<Resource> session) {
      System.out.println("a library prints");
      Capture.Bound<Resource> binding = session.bindings().getFirst();
      int next = session.state(binding).map(state -> state.path("next").asInt(0)).orElse(0);
      CaptureSession.Batch<Resource> batch = session.batch();
      for (int i = next; i < next + config.n(); i++) {
        batch.document(binding, Json.object().put("id", i));
      }
      batch.state(binding, Json.object().put("next", next + config.n())).commit();
    }
  }

  /** Publishes how often it has seen each id. */
  static final class Counts implements Derive<Config, Resource> {
    @Override
    public Class<Config> configType() {
      return Config.class;
    }

    @Override
    public Class<Resource> resourceType() {
      return Resource.class;
    }

    @Override
    public Session open(Config config, CollectionSpec collection, List<Resource> transforms, JsonNode state) {
      return new Session() {
        private JsonNode counts = state;

        @Override
        public void read(int transform, JsonNode document, Publisher publisher) {
          String id = document.path("id").asString();
          int seen = counts.path(id).asInt(0) + 1;
          counts = Json.merge(counts, Json.object().put(id, seen));
          publisher.publish(Json.object().put("id", id).put("seen", seen));
        }

        @Override
        public ConnectorState commit() {
          return new ConnectorState(counts, true);
        }

        @Override
        public void reset() {
          counts = Json.object();
        }
      };
    }
  }

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private int exit;

  @Test
  void captureGoesOnWhereItStopped() {
    assertThat(run(new Counter(),
        """
            {"spec":{"connectorType":"LOCAL","config":{}}}
            {"open":{"capture":{"name":"acme/src","config":{},"bindings":[{"resourceConfig":{"name":"a"},"resourcePath":["a"],\
            "collection":{"name":"acme/a","key":["/id"],"writeSchema":{}},"stateKey":"a"}]},"version":"1",\
            "state":{"bindingStateV1":{"a":{"next":4}}}}}
            {"acknowledge":{"checkpoints":1}}
            """)
        .lines().skip(1)).containsExactly("{\"opened\":{\"explicitAcknowledgements\":true}}",
            "{\"captured\":{\"binding\":0,\"doc\":{\"id\":4}}}", "{\"captured\":{\"binding\":0,\"doc\":{\"id\":5}}}",
            "{\"captured\":{\"binding\":0,\"doc\":{\"id\":6}}}",
            "{\"checkpoint\":{\"state\":{\"updated\":{\"bindingStateV1\":{\"a\":{\"next\":7}}},\"mergePatch\":true}}}");
    assertThat(exit).isZero();
  }

  @Test
  void specTellsTheSchemaOfTheRecords() {
    assertThat(Json.parse(run(new Counter(), "{\"spec\":{\"config\":{}}}\n"))).isEqualTo(Json.parse("""
        {"spec":{"protocol":3032023,"configSchema":{"$schema":"https://json-schema.org/draft/2020-12/schema",
        "title":"Config","type":"object","properties":{
          "n":{"type":"integer","title":"N","description":"How far to count","default":3,"order":0},
          "token":{"type":"string","title":"Token","secret":true,"order":1}}},
        "resourceConfigSchema":{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Resource",
        "type":"object","properties":{"name":{"type":"string","title":"Name","order":0}},"required":["name"]},
        "documentationUrl":"","resourcePathPointers":["/name"]}}"""));
  }

  @Test
  void discoverAndValidateAnswerOnce() {
    assertThat(run(new Counter(), "{\"discover\":{\"config\":{}}}\n")).isEqualTo("""
        {"discovered":{"bindings":[{"recommendedName":"numbers","resourceConfig":{"name":"numbers"},\
        "documentSchema":{"type":"object"},"key":["/id"],"disable":false,"resourcePath":["numbers"]}]}}
        """);
    assertThat(run(new Counter(),
        "{\"validate\":{\"config\":{},\"bindings\":[{\"resourceConfig\":{\"name\":\"x\"},\"collection\":{}}]}}\n"))
        .isEqualTo("{\"validated\":{\"bindings\":[{\"resourcePath\":[\"x\"]}]}}\n");
  }

  @Test
  void theLastWordsSayWhatToMend() {
    run(new Counter(), "{\"discover\":{\"config\":{\"N\":4}}}\n");
    assertThat(exit).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("/N: no such setting; did you mean n?")
        .contains("\"level\":\"error\"");
    run(new Counter(), "{\"acknowledge\":{\"checkpoints\":1}}\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("acknowledge before open");
  }

  @Test
  void deriveCommitsStateWithWhatItPublished() {
    String open = """
        {"open":{"collection":{"name":"acme/counts","key":["/id"],"writeSchema":{},\
        "derivation":{"config":{},"transforms":[{"name":"t","lambdaConfig":{"name":"x"}}]}},"version":"1","state":{"a":1}}}
        """;
    String read = """
        {"read":{"transform":0,"uuid":{"node":"1","clock":"2"},"shuffle":{"key":["a"],"packed":"AmEA","hash":1},\
        "doc":{"id":"a"}}}
        """;
    assertThat(run(new Counts(), open + read + "{\"flush\":{}}\n{\"startCommit\":{\"runtimeCheckpoint\":{}}}\n"
        + "{\"reset\":{}}\n" + read).lines()).containsExactly("{\"opened\":{}}",
            "{\"published\":{\"doc\":{\"id\":\"a\",\"seen\":2}}}", "{\"flushed\":{}}",
            "{\"startedCommit\":{\"state\":{\"updated\":{\"a\":2},\"mergePatch\":true}}}",
            "{\"published\":{\"doc\":{\"id\":\"a\",\"seen\":1}}}");
  }

  private String run(Connector<?, ?> connector, String requests) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    exit = ConnectorMain.serve(connector, new ByteArrayInputStream(requests.getBytes(StandardCharsets.UTF_8)), out,
        new PrintStream(err, true, StandardCharsets.UTF_8), Map.of());
    return out.toString(StandardCharsets.UTF_8);
  }
}
