package dev.fairway.node.bench;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.JavaCapture;
import dev.fairway.connectors.materialize.JavaMaterialize;
import dev.fairway.connectors.materialize.MaterializeProgram;
import dev.fairway.connectors.materialize.SqliteMaterialize;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The memory that rows take which wait for a destination that does not go on. */
final class StalledBench {
  private final Path home;
  private final BenchRows rows;

  StalledBench(Path home, BenchRows rows) {
    this.home = home;
    this.rows = rows;
  }

  Figure run() throws Exception {
    long allowed = BenchTasks.BOUNDS.captureMemory() + BenchTasks.BOUNDS.transactionBytes();
    try (BenchTasks tasks = new BenchTasks(Files.createDirectories(home.resolve("stalled")))) {
      ObjectNode endpoint = Json.object();
      endpoint.putObject("connector").put("image", "fairway/materialize-sqlite").putObject("config")
          .put("path", home.resolve("stalled.db").toString());
      FlowFile file = tasks.file(BenchTasks.none(), Json.object().put("stream", "rows"), endpoint);
      long before = heap();
      tasks.capture(file, new JavaCapture<>(new RowsCapture(rows)));
      Stalling destination = new Stalling(new JavaMaterialize<>(new SqliteMaterialize()));
      FutureTask<Integer> storing = new FutureTask<>(() -> tasks.materialize(file, destination)) {
        @Override
        protected void done() {
          // A destination that fails before its first row stalls nothing.
          destination.stalled.countDown();
        }
      };
      Thread thread = Thread.ofPlatform().start(storing);
      long taken;
      try {
        destination.stalled.await();
        if (storing.isDone()) {
          throw new FairwayException(ErrorCode.PEER_FAILED, "the destination was never given a row: " + storing.get());
        }
        // The source goes on meanwhile: what it gives is on the disk.
        tasks.capture(file, new JavaCapture<>(new RowsCapture(rows)));
        taken = Math.max(0, heap() - before);
      } finally {
        destination.goOn.countDown();
        thread.join();
      }
      storing.get();
      return Figure.atMost(
          "%,d B rows, %,d of them, for a destination that stalls: memory, against the bounds configured"
              .formatted(rows.bytes(), 2L * rows.count()),
          "%d MiB".formatted(taken >> 20), "%d MiB".formatted(allowed >> 20), taken / (double) allowed, 1);
    } finally {
      Files.deleteIfExists(home.resolve("stalled.db"));
    }
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Stalls before the first commit, with a whole transaction in hand. */
  private static final class Stalling implements MaterializeProgram {
    private final MaterializeProgram inner;
    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    Stalling(MaterializeProgram inner) {
      this.inner = inner;
    }

    @Override
    public MaterializeResponse.Spec spec() throws Exception {
      return inner.spec();
    }

    @Override
    public MaterializeResponse.Validated validate(String name, JsonNode config,
        List<MaterializeRequest.Validate.Binding> bindings) throws Exception {
      return inner.validate(name, config, bindings);
    }

    @Override
    public String apply(MaterializationSpec spec, JsonNode state) throws Exception {
      return inner.apply(spec, state);
    }

    @Override
    public Transactor open(MaterializationSpec spec, JsonNode state) throws Exception {
      Transactor transactor = inner.open(spec, state);
      return new Transactor() {
        @Override
        public void load(int binding, List<Packed> keys, Found found) throws Exception {
          transactor.load(binding, keys, found);
        }

        @Override
        public boolean loads() {
          return transactor.loads();
        }

        @Override
        public void store(Row row) throws Exception {
          // With the first row, all the others of the transaction are in memory.
          stalled.countDown();
          goOn.await();
          transactor.store(row);
        }

        @Override
        public ConnectorState commit(JsonNode checkpoint) throws Exception {
          return transactor.commit(checkpoint);
        }

        @Override
        public void close() {
          transactor.close();
        }
      };
    }
  }
}
