package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize.Pace;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.task.FollowStep;
import dev.fairway.connectors.task.TaskTable;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A materialization under way: reads its collections, reduces each transaction's documents by key, and stores them. Where it
 * has read to is part of the destination's own commit where the destination keeps it, so that rows and place never differ.
 */
public final class MaterializeTask extends FollowStep {
  public static final String KIND = "materialize";

  private final MaterializeProgram program;
  private final MaterializationSpec spec;
  private final Store store;
  private final Collections collections;
  private final long transactionBytes;
  private final InstantSource clock;

  /** @param transactionBytes most bytes of documents in one transaction, which bounds the memory it needs */
  public MaterializeTask(MaterializeProgram program, MaterializationSpec spec, Store store, Collections collections,
      long transactionBytes, InstantSource clock) {
    this.program = program;
    this.spec = spec;
    this.store = store;
    this.collections = collections;
    this.transactionBytes = transactionBytes;
    this.clock = clock;
  }

  @Override
  protected Session open() throws Exception {
    JsonNode state = store.read(view -> TaskTable.state(view, spec.name()));
    program.apply(spec, state);
    Transactor transactor = program.open(spec, state);
    try {
      return new Storing(transactor, state);
    } catch (Exception e) {
      transactor.close();
      throw e;
    }
  }

  private final class Storing implements Session {
    private final Transactor transactor;
    private final Pace pace = program.pace(spec);
    private final List<BindingSource> sources = new ArrayList<>();
    private JsonNode state;
    private boolean settled;

    Storing(Transactor transactor, JsonNode state) throws Exception {
      this.transactor = transactor;
      this.state = state;
      Optional<JsonNode> recovered = transactor.checkpoint();
      for (MaterializationSpec.Binding binding : spec.bindings()) {
        long position = recovered.isPresent()
            ? recovered.get().path("sources").path(BindingSource.name(binding)).path("readThrough").asLong(0)
            : store.read(view -> TaskTable.position(view, spec.name(), binding.stateKey()));
        BindingSource source = new BindingSource(binding, collections.get(binding.collection().name()), position);
        source.begin(sources.size(), transactor);
        sources.add(source);
      }
    }

    @Override
    public boolean due() throws Exception {
      if (pace.equals(Pace.AT_ONCE)) {
        return true;
      }
      // The next transaction may be long in coming, and the last one shall not wait for it.
      settle();
      long enough = Math.min(pace.leastBytes(), transactionBytes);
      Instant patient = clock.instant().minus(pace.longestWait());
      long pending = 0;
      boolean overdue = false;
      for (BindingSource source : sources) {
        long more = source.pending();
        pending += more;
        overdue |= more > 0 && !source.waitingSince().isAfter(patient);
      }
      return pending >= enough || overdue;
    }

    @Override
    public boolean transaction() throws Exception {
      settle();
      long bytes = 0;
      for (BindingSource source : sources) {
        bytes += source.read(transactionBytes - bytes);
      }
      if (bytes == 0) {
        return false;
      }
      long documents = 0;
      for (int i = 0; i < sources.size(); i++) {
        documents += sources.get(i).load(i, transactor);
      }
      transactor.flush();
      for (int i = 0; i < sources.size(); i++) {
        sources.get(i).store(i, transactor);
      }
      ObjectNode checkpoint = Json.object();
      ObjectNode places = checkpoint.putObject("sources");
      sources.forEach(source -> places.putObject(source.name()).put("readThrough",
          Long.toString(source.position())));
      ConnectorState change = transactor.commit(checkpoint);
      state = change.applyTo(state);
      save(documents, bytes);
      settled = false;
      return true;
    }

    /** Tells the destination once that our side of the last commit is durable. */
    private void settle() throws Exception {
      if (!settled) {
        transactor.acknowledge();
        settled = true;
      }
    }

    private void save(long documents, long bytes) {
      store.run(tx -> {
        TaskTable.save(tx, spec.name(), KIND, state, documents, bytes);
        for (BindingSource source : sources) {
          TaskTable.position(tx, spec.name(), source.stateKey(), source.position());
        }
        ObjectNode body = Json.object().put("task", spec.name()).put("documents", documents).put("bytes", bytes);
        tx.append(new NewEvent("connector.checkpoint", spec.name(), Json.text(body)));
      });
    }

    @Override
    public List<BindingSource> sources() {
      return sources;
    }

    @Override
    public void close() {
      transactor.close();
    }
  }
}
