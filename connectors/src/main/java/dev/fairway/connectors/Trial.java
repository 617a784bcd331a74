package dev.fairway.connectors;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connectors.capture.CaptureTask;
import dev.fairway.connectors.materialize.MaterializeTask;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.TaskLoop;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Tasks run to their end without a node, on collections of their own in a folder. Given the same folder, a trial goes on
 * where the last one ended.
 */
final class Trial implements AutoCloseable {
  private static final int MEMORY = 32 << 20;

  private final SqlStore store;
  private final Connectors connectors;
  private final Clock clock = Clock.systemUTC();

  Trial(Path source, Path dir, Sealed sealed) {
    store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
    try {
      connectors = new Connectors(store, dir.resolve("collections"), ConnectorsConfig.of(List.of(source)), sealed,
          clock);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /**
   * Runs a session of each capture that feeds the materialization, then stores everything there is.
   *
   * @param timeout ends a capture's session after so long
   * @return how many transactions were stored
   */
  int materialize(FlowFile file, FlowFile.Materialization task, Duration timeout) throws Exception {
    Set<String> sources = task.bindings().stream().map(FlowFile.MaterializationBinding::source)
        .collect(Collectors.toSet());
    for (FlowFile.Capture capture : file.captures().values()) {
      if (capture.bindings().stream().anyMatch(binding -> sources.contains(binding.target()))) {
        run(connectors.step(file, capture), timeout);
      }
    }
    return connectors.materialization(file, task).runToEnd();
  }

  /** Stores each transaction of a fixture as one of the materialization. */
  int materialize(FlowFile file, FlowFile.Materialization task, Fixture fixture) throws Exception {
    MaterializeTask materialization = connectors.materialization(file, task);
    CaptureSpec spec = fixture.spec(file);
    int stored = 0;
    for (int i = 0; i < fixture.transactions(); i++) {
      new CaptureTask(fixture, spec, false, store, connectors.collections(), MEMORY, clock).run();
      stored += materialization.runToEnd();
    }
    return stored;
  }

  private static void run(TaskLoop.Step step, Duration timeout) throws Exception {
    try (ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name("trial").daemon().factory())) {
      var _ = watch.schedule(step::stop, timeout.toMillis(), TimeUnit.MILLISECONDS);
      try {
        step.run();
      } finally {
        watch.shutdownNow();
      }
    }
  }

  @Override
  public void close() {
    connectors.close();
    store.close();
  }
}
