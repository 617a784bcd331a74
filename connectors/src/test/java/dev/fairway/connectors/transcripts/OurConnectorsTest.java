package dev.fairway.connectors.transcripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connector.Capture;
import dev.fairway.connector.Connector;
import dev.fairway.connector.ConnectorMain;
import dev.fairway.connector.Derive;
import dev.fairway.connector.Materialize;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Lines;
import dev.fairway.connector.proto.Wire;
import dev.fairway.connectors.capture.files.FilesCapture;
import dev.fairway.connectors.materialize.SqliteMaterialize;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Connectors of ours, under a runtime that is a script: it says its lines, in either codec, and compares the answers. */
class OurConnectorsTest {
  @TempDir
  Path dir;

  private void play(Wire wire, String transcript, String stream, Connector<?, ?> connector) throws Exception {
    ByteArrayOutputStream logs = new ByteArrayOutputStream();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        PipedOutputStream to = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(to, 1 << 16);
        PipedInputStream from = new PipedInputStream(1 << 16)) {
      Future<Integer> exit = threads.submit(() -> {
        try (PipedOutputStream out = new PipedOutputStream(from)) {
          return ConnectorMain.serve(connector, in, out, new PrintStream(logs, true, StandardCharsets.UTF_8),
              Map.of(Protocol.CODEC_VARIABLE, wire.codec()));
        }
      });
      Future<Integer> script = threads.submit(() -> {
        BufferedReader answers = new BufferedReader(new InputStreamReader(
            wire.lines(from, responses(connector), Lines.FLOW_LIMIT), StandardCharsets.UTF_8));
        OutputStream says = wire.lines(to, requests(connector));
        int answered = 0;
        for (Transcript.Turn turn : Transcript.read(transcript, dir).stream(stream)) {
          if (turn.byConnector()) {
            String line = answers.readLine();
            assertThat(line).as("%s; its logs: %s", turn.line(), logs).isNotNull();
            Transcript.assertSays(line, turn.line());
            answered++;
          } else {
            says.write((turn.line() + "\n").getBytes(StandardCharsets.UTF_8));
            says.flush();
          }
        }
        says.close();
        assertThat(answers.readLine()).as("it should have no more to say").isNull();
        return answered;
      });
      assertThat(script.get(60, TimeUnit.SECONDS)).isPositive();
      assertThat(exit.get(60, TimeUnit.SECONDS)).as("its logs: %s", logs).isZero();
    }
  }

  private static FlowCodec<?> requests(Connector<?, ?> connector) {
    return switch (connector) {
      case Capture<?, ?> _ -> FlowCodec.CAPTURE_REQUESTS;
      case Derive<?, ?> _ -> FlowCodec.DERIVE_REQUESTS;
      case Materialize<?, ?> _ -> FlowCodec.MATERIALIZE_REQUESTS;
    };
  }

  private static FlowCodec<?> responses(Connector<?, ?> connector) {
    return switch (connector) {
      case Capture<?, ?> _ -> FlowCodec.CAPTURE_RESPONSES;
      case Derive<?, ?> _ -> FlowCodec.DERIVE_RESPONSES;
      case Materialize<?, ?> _ -> FlowCodec.MATERIALIZE_RESPONSES;
    };
  }

  @ParameterizedTest
  @EnumSource
  void aCapture(Wire wire) throws Exception {
    Files.writeString(dir.resolve("rows.csv"), "id\n1\n2\n");
    play(wire, "our-capture.txt", "open", new FilesCapture());
  }

  @ParameterizedTest
  @EnumSource
  void aMaterialization(Wire wire) throws Exception {
    play(wire, "our-materialize.txt", "open", new SqliteMaterialize());
    play(wire, "our-materialize.txt", "reopen", new SqliteMaterialize());
  }

  @ParameterizedTest
  @EnumSource
  void aDerivation(Wire wire) throws Exception {
    play(wire, "our-derive.txt", "open", new Words());
  }

  /** Counts words. */
  private static final class Words implements Derive<Words.Config, Words.Lambda> {
    record Config(int most) {}

    record Lambda(String member) {}

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
      return new Session() {
        private JsonNode counts = state;

        @Override
        public void read(int transform, JsonNode document, Publisher publisher) {
          String word = document.path(transforms.get(transform).member()).asString("");
          int count = counts.path(word).asInt(0) + 1;
          counts = Json.merge(counts, Json.object().put(word, count));
          publisher.publish(Json.object().put("word", word).put("count", count));
        }

        @Override
        public ConnectorState commit() {
          return ConnectorState.patch(counts);
        }

        @Override
        public void reset() {
          counts = Json.object();
        }
      };
    }
  }
}
