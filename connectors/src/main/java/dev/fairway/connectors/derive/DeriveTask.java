package dev.fairway.connectors.derive;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.DeriveRequest;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.collection.Collections;
import dev.fairway.connectors.collection.DocumentUuids;
import dev.fairway.connectors.collection.DocumentWriter;
import dev.fairway.connectors.collection.Spool;
import dev.fairway.connectors.spec.Derivation;
import dev.fairway.connectors.task.FollowStep;
import dev.fairway.connectors.task.TaskTable;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A derivation under way. What its sources were read to, what was published and the connector's state are one transaction of
 * the store, so each source document has its effect once, however a session ends.
 *
 * <p>Documents are read by the priority of their transforms, and by the time they were published where that is equal.
 */
public final class DeriveTask extends FollowStep {
  public static final String KIND = "derive";

  private final DeriveProgram program;
  private final CollectionSpec spec;
  private final Derivation derivation;
  private final Store store;
  private final Collections collections;
  private final Bounds bounds;
  private final Clock clock;

  /** @param spec the derived collection, with its derivation */
  public DeriveTask(DeriveProgram program, CollectionSpec spec, Derivation derivation, Store store,
      Collections collections, Bounds bounds, Clock clock) {
    this.program = program;
    this.spec = spec;
    this.derivation = derivation;
    this.store = store;
    this.collections = collections;
    this.bounds = bounds;
    this.clock = clock;
  }

  @Override
  protected Session open() throws Exception {
    JsonNode state = store.read(view -> TaskTable.state(view, spec.name()));
    return new Deriving(program.open(spec, state), state);
  }

  /**
   * How much at a time.
   *
   * @param transactionBytes most bytes of source documents in one transaction, and one document
   * @param memory most bytes of published documents held in memory; more wait in a file
   */
  public record Bounds(long transactionBytes, int memory) {}

  private final class Deriving implements Session {
    private final DeriveProgram.Session connector;
    private final List<TransformSource> sources = new ArrayList<>();
    private final Spool spool = new Spool(collections.scratch(), bounds.memory());
    private final DocumentUuids uuids = new DocumentUuids(clock);
    private final DocumentWriter writer = new DocumentWriter(spec, false, uuids, bounds.memory());
    private final JsonCursor cursor = new JsonCursor();
    private final Members members = new Members();
    private JsonNode state;
    private long read;

    Deriving(DeriveProgram.Session connector, JsonNode state) {
      this.connector = connector;
      this.state = state;
      for (Derivation.Transform transform : derivation.transforms()) {
        String suffix = derivation.readSuffix(transform);
        long position = store.read(view -> TaskTable.position(view, spec.name(), suffix));
        sources.add(new TransformSource(sources.size(), transform, collections.get(transform.source()), suffix,
            position));
      }
    }

    /** Derives from what there is, up to the bound; false when there is nothing yet. */
    @Override
    public boolean transaction() throws Exception {
      for (TransformSource source : sources) {
        source.open();
      }
      if (next(clock.instant()).isEmpty()) {
        return false;
      }
      spool.clear();
      uuids.tick();
      read = 0;
      connector.derive(this::take, this::publish);
      writer.finish(spool);
      JsonNode change = connector.commit(checkpoint()).applyTo(state);
      save(change);
      state = change;
      return true;
    }

    private Optional<TransformSource> next(Instant now) {
      return sources.stream().filter(source -> source.ready(now))
          .min(Comparator.comparing(TransformSource::priority, Comparator.reverseOrder())
              .thenComparing(TransformSource::due));
    }

    private DeriveRequest.@Nullable Read take() throws IOException {
      Optional<TransformSource> next = read < bounds.transactionBytes() && !stopped()
          ? next(clock.instant())
          : Optional.empty();
      if (next.isEmpty()) {
        return null;
      }
      long before = next.get().position();
      DeriveRequest.Read taken = next.get().take();
      read += next.get().position() - before;
      return taken;
    }

    private void publish(JsonNode document) {
      byte[] json = Json.bytes(document);
      cursor.reset(json, 0, json.length);
      members.read(json, cursor);
      writer.write(members, DocumentWriter.NO_ROW, "", spool);
    }

    private JsonNode checkpoint() {
      ObjectNode checkpoint = Json.object();
      ObjectNode places = checkpoint.putObject("sources");
      sources.forEach(source -> places.putObject(source.collection().name() + ";" + source.suffix())
          .put("readThrough", Long.toString(source.position())));
      return checkpoint;
    }

    private void save(JsonNode next) {
      collections.commit(Map.of(collections.get(spec.name()), List.of(spool)), tx -> {
        TaskTable.save(tx, spec.name(), KIND, next, spool.documents(), spool.bytes());
        for (TransformSource source : sources) {
          TaskTable.position(tx, spec.name(), source.suffix(), source.position());
        }
        ObjectNode body = Json.object().put("task", spec.name()).put("documents", spool.documents()).put("bytes",
            spool.bytes());
        tx.append(new NewEvent("connector.checkpoint", spec.name(), Json.text(body)));
      });
    }

    @Override
    public List<TransformSource> sources() {
      return sources;
    }

    @Override
    public void close() throws IOException {
      try {
        connector.close();
      } finally {
        spool.close();
        for (TransformSource source : sources) {
          source.close();
        }
      }
    }
  }
}
