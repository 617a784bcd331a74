package dev.fairway.connectors.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.capture.CaptureSink;
import dev.fairway.connectors.spec.Templates;
import dev.fairway.core.store.Store;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.web.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What senders are told when their deliveries do not become durable. */
class IngestSessionTest {
  private static final String WHY = "a document of another sender";

  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();

  @Test
  void allWhoShareACheckpointThatFailsAreToComeAgain() throws Exception {
    assertThatThrownBy(() -> run(() -> {
      throw new IllegalStateException(WHY);
    })).hasMessage(WHY);
    run(() -> CompletableFuture.failedFuture(new IllegalStateException(WHY)));
  }

  /** Takes two deliveries to a sink that answers so, and then ends. */
  private void run(Supplier<CompletableFuture<Void>> checkpoint) throws InterruptedException {
    CaptureSpec spec = new CaptureSpec("acme/hooks", "LOCAL", Json.object(), List.of(), 0,
        Templates.shard("capture", "acme/hooks"), Templates.recoveryLog("capture", "acme/hooks"), Json.array());
    List<Delivery> deliveries = List.of(delivery("1"), delivery("2"));
    Inlet inlet = new Inlet();
    deliveries.forEach(inlet::offer);
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir), clock, List.of("connectors"))) {
      new IngestSession(spec, List.of(), store, new Sink(checkpoint), clock).run(inlet);
    } finally {
      assertThat(deliveries).allSatisfy(delivery -> assertThatThrownBy(delivery.done()::get)
          .hasCauseInstanceOf(Problem.class).hasMessageContaining("the capture's session has ended")
          .hasMessageNotContaining(WHY));
    }
  }

  private static Delivery delivery(String id) {
    return new Delivery(0, id, true, "{\"n\":1}".getBytes(StandardCharsets.UTF_8));
  }

  /** Takes any document. */
  private static final class Sink implements CaptureSink {
    private final Supplier<CompletableFuture<Void>> checkpoint;
    private boolean asked;

    Sink(Supplier<CompletableFuture<Void>> checkpoint) {
      this.checkpoint = checkpoint;
    }

    @Override
    public void document(int binding, Members document, long row, String operation) {
      // Nobody reads it.
    }

    @Override
    public CompletableFuture<Void> checkpoint(UnaryOperator<JsonNode> change, Store.Effect beside) {
      asked = true;
      return checkpoint.get();
    }

    @Override
    public void sourcedSchema(int binding, JsonNode schema) {
      // Nobody reads it.
    }

    @Override
    public boolean stopping() {
      return asked;
    }

    @Override
    public void onStop(Runnable action) {
      // It ends by itself.
    }
  }
}
