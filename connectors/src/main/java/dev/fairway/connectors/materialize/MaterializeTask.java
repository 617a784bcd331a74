package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Settings;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.task.TaskLoop;
import dev.fairway.connectors.task.TaskTable;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A materialization under way: reads its collections, reduces each transaction's documents by key, and stores them. Where it
 * has read to is part of the destination's own commit where the destination keeps it, so that rows and place never differ.
 */
public final class MaterializeTask<C extends Record, R extends Record> implements TaskLoop.Step {
  public static final String KIND = "materialize";
  private static final Duration LISTEN = Duration.ofMillis(500);

  private final Materialize<C, R> connector;
  private final MaterializationSpec spec;
  private final Store store;
  private final Collections collections;
  private final long transactionBytes;
  private volatile boolean stopped;

  /** @param transactionBytes most bytes of documents in one transaction, which bounds the memory it needs */
  public MaterializeTask(Materialize<C, R> connector, MaterializationSpec spec, Store store, Collections collections,
      long transactionBytes) {
    this.connector = connector;
    this.spec = spec;
    this.store = store;
    this.collections = collections;
    this.transactionBytes = transactionBytes;
  }

  /** Runs until it is stopped. */
  @Override
  public void run() throws Exception {
    stopped = false;
    try (Session session = open()) {
      while (!stopped) {
        if (!session.transaction()) {
          session.listen();
        }
      }
    }
  }

  /** Stores everything there is now; for a person at a terminal, and for tests. Answers how many transactions it took. */
  public int runToEnd() throws Exception {
    int transactions = 0;
    try (Session session = open()) {
      while (session.transaction()) {
        transactions++;
      }
    }
    return transactions;
  }

  @Override
  public void stop() {
    stopped = true;
  }

  private Session open() throws Exception {
    C config = Settings.read(spec.config(), connector.configType());
    List<Materialize.Bound<R>> bindings = new ArrayList<>();
    for (int i = 0; i < spec.bindings().size(); i++) {
      bindings.add(Materialize.Bound.of(i, spec.bindings().get(i), connector.resourceType()));
    }
    connector.apply(config, bindings);
    JsonNode state = store.read(view -> TaskTable.state(view, spec.name()));
    Transactor transactor = connector.open(config, spec.name(), RangeSpec.FULL, bindings, state);
    try {
      return new Session(transactor, bindings, state);
    } catch (RuntimeException e) {
      transactor.close();
      throw e;
    }
  }

  private final class Session implements AutoCloseable {
    private final Transactor transactor;
    private final List<Source> sources = new ArrayList<>();
    private JsonNode state;

    Session(Transactor transactor, List<Materialize.Bound<R>> bindings, JsonNode state) {
      this.transactor = transactor;
      this.state = state;
      Optional<JsonNode> recovered = transactor.checkpoint();
      for (Materialize.Bound<R> binding : bindings) {
        long position = recovered.isPresent()
            ? recovered.get().path("sources").path(sourceName(binding.spec())).path("readThrough").asLong(0)
            : store.read(view -> TaskTable.position(view, spec.name(), binding.spec().stateKey()));
        sources.add(new Source(binding.spec(), collections.get(binding.collection().name()), position,
            connector.deltaUpdates(binding.resource())));
      }
    }

    /** Stores one transaction; false when there was nothing. */
    boolean transaction() throws Exception {
      transactor.acknowledge();
      long documents = 0;
      long bytes = 0;
      for (int i = 0; i < sources.size(); i++) {
        Source source = sources.get(i);
        long before = source.position;
        documents += source.read(i, transactor, transactionBytes - bytes);
        bytes += source.position - before;
      }
      if (bytes == 0) {
        return false;
      }
      ObjectNode checkpoint = Json.object();
      ObjectNode places = checkpoint.putObject("sources");
      sources.forEach(source -> places.putObject(sourceName(source.binding)).put("readThrough",
          Long.toString(source.position)));
      ConnectorState change = transactor.commit(checkpoint);
      state = change.applyTo(state);
      save(documents, bytes);
      return true;
    }

    private void save(long documents, long bytes) {
      store.run(tx -> {
        TaskTable.save(tx, spec.name(), KIND, state, documents, bytes);
        for (Source source : sources) {
          TaskTable.position(tx, spec.name(), source.binding.stateKey(), source.position);
        }
        ObjectNode body = Json.object().put("task", spec.name()).put("documents", documents).put("bytes", bytes);
        tx.append(new NewEvent("connector.checkpoint", spec.name(), Json.text(body)));
      });
    }

    /** Waits a little for any of the collections to grow. */
    void listen() throws InterruptedException {
      Duration each = LISTEN.dividedBy(Math.max(1, sources.size()));
      for (Source source : sources) {
        if (source.collection.await(source.position, each)) {
          return;
        }
      }
      if (sources.isEmpty()) {
        Thread.sleep(LISTEN);
      }
    }

    @Override
    public void close() {
      transactor.close();
    }
  }

  private static String sourceName(MaterializationSpec.Binding binding) {
    return binding.collection().name() + ";" + binding.journalReadSuffix();
  }

  /** One binding's way through its collection. */
  private static final class Source {
    private final MaterializationSpec.Binding binding;
    private final Collection collection;
    private final boolean everyChange;
    private final List<JsonPointer> keys;
    private final List<JsonPointer> values;
    private long position;

    Source(MaterializationSpec.Binding binding, Collection collection, long position, boolean everyChange) {
      this.binding = binding;
      this.collection = collection;
      this.position = position;
      this.everyChange = everyChange;
      this.keys = pointers(binding, binding.fieldSelection().keys());
      this.values = pointers(binding, binding.fieldSelection().values());
    }

    private static List<JsonPointer> pointers(MaterializationSpec.Binding binding, List<String> fields) {
      Map<String, Projection> known = binding.collection().fields();
      return fields.stream().map(field -> {
        Projection projection = known.get(field);
        if (projection == null) {
          throw new IllegalArgumentException("collection " + binding.collection().name() + " has no field " + field);
        }
        return JsonPointer.compile(projection.ptr());
      }).toList();
    }

    /** Reads up to so many bytes, at least one document, and stores what they come to. */
    long read(int index, Transactor transactor, long most) throws Exception {
      Map<Packed, JsonNode> last = new LinkedHashMap<>();
      long documents = 0;
      long begin = position;
      try (CollectionReader reader = collection.read(position)) {
        while (position - begin < most && reader.next()) {
          JsonNode document = Json.parse(reader.buffer(), reader.from(), reader.to());
          position = reader.position();
          documents++;
          if (everyChange) {
            store(index, transactor, Packed.of(at(document, keys)), document);
          } else {
            Packed key = Packed.of(at(document, keys));
            last.remove(key);
            last.put(key, document);
          }
        }
      } catch (IOException e) {
        throw new IOException("cannot read " + collection + " at " + position + ": " + e.getMessage(), e);
      }
      for (Map.Entry<Packed, JsonNode> row : last.entrySet()) {
        store(index, transactor, row.getKey(), row.getValue());
      }
      return documents;
    }

    private void store(int index, Transactor transactor, Packed key, JsonNode document) throws Exception {
      boolean gone = !everyChange && document.path("_meta").path("op").asString("").equals("d");
      transactor.store(new Transactor.Row(index, key, at(document, keys), at(document, values),
          binding.fieldSelection().document().isEmpty() ? null : document, gone, gone));
    }

    private static List<JsonNode> at(JsonNode document, List<JsonPointer> pointers) {
      List<JsonNode> values = new ArrayList<>(pointers.size());
      for (JsonPointer pointer : pointers) {
        JsonNode value = document.at(pointer);
        values.add(value.isMissingNode() ? tools.jackson.databind.node.NullNode.getInstance() : value);
      }
      return values;
    }
  }
}
