package dev.fairway.connectors;

import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.flow.OAuth2Spec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.capture.CaptureTask;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.derive.DeriveTask;
import dev.fairway.connectors.materialize.MaterializeTask;
import dev.fairway.connectors.oauth.TaskCredentials;
import dev.fairway.connectors.oauth.TokenKeeper;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.Derivation;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.connectors.task.TaskLoop;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Tasks run to their end without a node, on collections of their own in a folder. Given the same folder, a trial goes on
 * where the last one ended.
 */
final class Trial implements AutoCloseable {
  private static final int MEMORY = 32 << 20;

  private final SqlStore store;
  private final Connectors connectors;
  private final Clock clock = Clock.systemUTC();
  private final Set<String> filled = new HashSet<>();
  private final Set<String> captured = new HashSet<>();

  Trial(Path source, Path dir, Sealed sealed, TaskCredentials credentials) {
    store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
    try {
      connectors = new Connectors(store, dir.resolve("collections"), ConnectorsConfig.of(List.of(source)), sealed,
          clock, name -> {
            throw new FairwayException(ErrorCode.NOT_FOUND, "no ledger " + name + "; only a node has any");
          }, withoutEnd(credentials));
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** Nobody begins a session anew here: one that ended in time for the next credentials would count as finished. */
  private static TaskCredentials withoutEnd(TaskCredentials credentials) {
    return (String task, JsonNode config, Callable<@Nullable OAuth2Spec> spec) -> new TokenKeeper.Fresh(
        credentials.fresh(task, config, spec).config(), Optional.empty());
  }

  /**
   * Runs a session of each capture that feeds the materialization and the derivations between, then stores everything there
   * is.
   *
   * @param timeout ends a capture's session after so long
   * @return how many transactions were stored
   */
  int materialize(FlowFile file, FlowFile.Materialization task, Duration timeout) throws Exception {
    for (FlowFile.MaterializationBinding binding : task.bindings()) {
      fill(file, binding.source(), timeout);
    }
    return connectors.materialization(file, task).runToEnd();
  }

  /** Stores each transaction of a fixture as one of the materialization. */
  int materialize(FlowFile file, FlowFile.Materialization task, Fixture fixture) throws Exception {
    MaterializeTask materialization = connectors.materialization(file, task);
    return each(file, fixture, materialization::runToEnd);
  }

  /**
   * Runs a session of each capture that feeds the derivation and those before it, then derives from everything there is.
   *
   * @param published told the documents, one after the other, as they are in the collection
   * @return how many transactions it took
   */
  int derive(FlowFile file, Derivation derivation, Duration timeout, Consumer<JsonNode> published) throws Exception {
    for (Derivation.Transform transform : derivation.transforms()) {
      fill(file, transform.source(), timeout);
    }
    long before = connectors.collections().get(derivation.name()).end();
    int transactions = connectors.derivation(file, derivation).runToEnd();
    tell(derivation.name(), before, published);
    return transactions;
  }

  /** Derives from each transaction of a fixture as one of the derivation. */
  int derive(FlowFile file, Derivation derivation, Fixture fixture, Consumer<JsonNode> published) throws Exception {
    DeriveTask task = connectors.derivation(file, derivation);
    return each(file, fixture, () -> {
      long before = connectors.collections().get(derivation.name()).end();
      int transactions = task.runToEnd();
      tell(derivation.name(), before, published);
      return transactions;
    });
  }

  private int each(FlowFile file, Fixture fixture, Callable<Integer> follow) throws Exception {
    CaptureSpec spec = fixture.spec(file);
    int transactions = 0;
    for (int i = 0; i < fixture.transactions(); i++) {
      new CaptureTask(fixture, spec, false, store, connectors.collections(), MEMORY, clock).run();
      transactions += follow.call();
    }
    return transactions;
  }

  private void tell(String collection, long from, Consumer<JsonNode> published) throws IOException {
    try (CollectionReader reader = connectors.collections().get(collection).read(from)) {
      while (reader.next()) {
        published.accept(Json.parse(reader.buffer(), reader.from(), reader.to()));
      }
    }
  }

  /** Brings into a collection what there is for it now: by what derives it, and by what captures into it. */
  private void fill(FlowFile file, String collection, Duration timeout) throws Exception {
    if (!filled.add(collection)) {
      return;
    }
    Derivation derivation = file.derivations().get(collection);
    if (derivation != null) {
      for (Derivation.Transform transform : derivation.transforms()) {
        fill(file, transform.source(), timeout);
      }
      connectors.derivation(file, derivation).runToEnd();
    }
    for (FlowFile.Capture capture : file.captures().values()) {
      boolean feeds = capture.bindings().stream().anyMatch(binding -> binding.target().equals(collection));
      if (feeds && captured.add(capture.name())) {
        run(connectors.step(file, capture), timeout);
      }
    }
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
