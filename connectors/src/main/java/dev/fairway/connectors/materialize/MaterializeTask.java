package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.Packed;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A materialization under way: reads its collections, reduces each transaction's documents by key, and stores them. Where it
 * has read to is part of the destination's own commit where the destination keeps it, so that rows and place never differ.
 */
public final class MaterializeTask implements TaskLoop.Step {
  public static final String KIND = "materialize";
  private static final Duration LISTEN = Duration.ofMillis(500);

  private final MaterializeProgram program;
  private final MaterializationSpec spec;
  private final Store store;
  private final Collections collections;
  private final long transactionBytes;
  private volatile boolean stopped;

  /** @param transactionBytes most bytes of documents in one transaction, which bounds the memory it needs */
  public MaterializeTask(MaterializeProgram program, MaterializationSpec spec, Store store, Collections collections,
      long transactionBytes) {
    this.program = program;
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
    JsonNode state = store.read(view -> TaskTable.state(view, spec.name()));
    program.apply(spec, state);
    Transactor transactor = program.open(spec, state);
    try {
      return new Session(transactor, state);
    } catch (RuntimeException e) {
      transactor.close();
      throw e;
    }
  }

  private final class Session implements AutoCloseable {
    private final Transactor transactor;
    private final List<Source> sources = new ArrayList<>();
    private JsonNode state;

    Session(Transactor transactor, JsonNode state) {
      this.transactor = transactor;
      this.state = state;
      Optional<JsonNode> recovered = transactor.checkpoint();
      for (MaterializationSpec.Binding binding : spec.bindings()) {
        long position = recovered.isPresent()
            ? recovered.get().path("sources").path(sourceName(binding)).path("readThrough").asLong(0)
            : store.read(view -> TaskTable.position(view, spec.name(), binding.stateKey()));
        sources.add(new Source(binding, collections.get(binding.collection().name()), position));
      }
    }

    /** Stores one transaction; false when there was nothing. */
    boolean transaction() throws Exception {
      transactor.acknowledge();
      long bytes = 0;
      for (Source source : sources) {
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
    private final List<JsonPointer> keys;
    private final List<JsonPointer> values;
    private final List<Change> changes = new ArrayList<>();
    private final Set<Packed> existing = new HashSet<>();
    private long position;
    private long read;

    Source(MaterializationSpec.Binding binding, Collection collection, long position) {
      this.binding = binding;
      this.collection = collection;
      this.position = position;
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

    /** Reads up to so many bytes, at least one document; answers how many bytes it read. */
    long read(long most) throws IOException {
      changes.clear();
      existing.clear();
      read = 0;
      Map<Packed, JsonNode> last = new LinkedHashMap<>();
      long begin = position;
      try (CollectionReader reader = collection.read(position)) {
        while (position - begin < most && reader.next()) {
          JsonNode document = Json.parse(reader.buffer(), reader.from(), reader.to());
          position = reader.position();
          read++;
          Packed key = Packed.of(at(document, keys));
          if (binding.deltaUpdates()) {
            changes.add(new Change(key, document));
          } else {
            last.remove(key);
            last.put(key, document);
          }
        }
      } catch (IOException e) {
        throw new IOException("cannot read " + collection + " at " + position + ": " + e.getMessage(), e);
      }
      last.forEach((key, document) -> changes.add(new Change(key, document)));
      return position - begin;
    }

    /** Asks which rows are there, where the destination wants that; answers how many documents were read. */
    long load(int index, Transactor transactor) throws Exception {
      if (!binding.deltaUpdates() && transactor.loads() && !changes.isEmpty()) {
        transactor.load(index, changes.stream().map(Change::key).toList(),
            document -> existing.add(Packed.of(at(document, keys))));
      }
      return read;
    }

    void store(int index, Transactor transactor) throws Exception {
      for (Change change : changes) {
        JsonNode document = change.document();
        boolean gone = !binding.deltaUpdates() && document.path("_meta").path("op").asString("").equals("d");
        boolean exists = transactor.loads() ? existing.contains(change.key()) : gone;
        if (gone && !exists) {
          continue;
        }
        transactor.store(new Transactor.Row(index, change.key(), at(document, keys), at(document, values),
            binding.fieldSelection().document().isEmpty() ? null : document, exists, gone));
      }
      changes.clear();
    }

    private static List<JsonNode> at(JsonNode document, List<JsonPointer> pointers) {
      List<JsonNode> values = new ArrayList<>(pointers.size());
      for (JsonPointer pointer : pointers) {
        JsonNode value = document.at(pointer);
        values.add(value.isMissingNode() ? NullNode.getInstance() : value);
      }
      return values;
    }
  }

  /** A document that is to be stored. */
  private record Change(Packed key, JsonNode document) {}
}
