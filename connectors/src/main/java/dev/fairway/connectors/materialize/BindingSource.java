package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.collection.DocumentUuids;
import dev.fairway.connectors.reduce.Combiner;
import dev.fairway.connectors.reduce.Combiner.Combined;
import dev.fairway.connectors.reduce.Reducer;
import dev.fairway.connectors.task.FollowStep;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/**
 * One binding's way through its collection: documents of the same key are combined, and reduced with what the destination
 * holds where the collection's schema asks for that. Belongs to one thread.
 */
final class BindingSource implements FollowStep.Source {
  private final MaterializationSpec.Binding binding;
  private final Collection collection;
  private final Reducer reducer;
  private final Combiner combiner;
  private final List<JsonPointer> keys;
  private final List<JsonPointer> values;
  private final List<Combined> changes = new ArrayList<>();
  private final Map<Packed, JsonNode> loaded = new HashMap<>();
  private long position;
  private long seen;
  private long waitingAt = -1;
  private Instant waitingSince = Instant.EPOCH;
  private long read;

  /** @throws FairwayException with {@code CONFIGURATION} when the destination cannot give back what must be reduced */
  BindingSource(MaterializationSpec.Binding binding, Collection collection, long position) {
    this.binding = binding;
    this.collection = collection;
    this.position = position;
    this.keys = pointers(binding, binding.fieldSelection().keys());
    this.values = pointers(binding, binding.fieldSelection().values());
    this.reducer = Reducer.of(binding.collection().schemaOfReaders());
    this.combiner = new Combiner(reducer, binding.collection().key());
    if (reduces() && binding.fieldSelection().document().isEmpty()) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "the schema of collection " + collection
          + " reduces documents with those stored before, so the destination must keep whole documents; include the field"
          + " flow_document, or use a destination that takes every change (delta updates)");
    }
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

  /** How a checkpoint calls the binding's place. */
  static String name(MaterializationSpec.Binding binding) {
    return binding.collection().name() + ";" + binding.journalReadSuffix();
  }

  String name() {
    return name(binding);
  }

  String stateKey() {
    return binding.stateKey();
  }

  @Override
  public Collection collection() {
    return collection;
  }

  @Override
  public long seen() {
    return Math.max(seen, position);
  }

  /** Looks at what is there and was not read yet; answers how many bytes it has. */
  long pending() {
    seen = collection.end();
    return seen - position;
  }

  /** When the first document that is there and was not read yet was published; long ago when it does not say. */
  Instant waitingSince() throws IOException {
    if (waitingAt != position) {
      try (CollectionReader reader = collection.read(position)) {
        if (!reader.next()) {
          throw new IllegalStateException("nothing of " + collection + " waits at " + position);
        }
        JsonNode document = Json.parse(reader.buffer(), reader.from(), reader.to());
        waitingSince = DocumentUuids.of(document).map(DocumentUuids::time).orElse(Instant.EPOCH);
      }
      waitingAt = position;
    }
    return waitingSince;
  }

  /** Behind the last document that was read. */
  long position() {
    return position;
  }

  /** Whether what is stored depends on what was stored before. */
  private boolean reduces() {
    return !binding.deltaUpdates() && !reducer.keepsLast();
  }

  /**
   * Looks at what is there before anything is stored.
   *
   * @throws FairwayException with {@code CONFIGURATION} when documents would be reduced with rows that they are in already
   */
  void begin(int index, Transactor transactor) throws Exception {
    if (position == 0 && reduces() && transactor.holds(index)) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "collection " + collection + " would be read from its"
          + " beginning into " + String.join("/", binding.resourcePath())
          + ", which has rows already; its schema reduces documents with those stored before, so each would count twice;"
          + " empty or drop the table, or name another");
    }
  }

  /** Reads up to so many bytes, at least one document; answers how many bytes it read. */
  long read(long most) throws IOException {
    changes.clear();
    loaded.clear();
    read = 0;
    // A destination that takes changes takes each, unless the schema says that they may be combined.
    boolean each = binding.deltaUpdates() && reducer.keepsLast();
    long begin = position;
    try (CollectionReader reader = collection.read(position)) {
      while (position - begin < most && reader.next()) {
        JsonNode document = Json.parse(reader.buffer(), reader.from(), reader.to());
        position = reader.position();
        read++;
        combiner.add(document);
        if (each) {
          changes.addAll(combiner.drain());
        }
      }
    } catch (IOException e) {
      throw new IOException("cannot read " + collection + " at " + position + ": " + e.getMessage(), e);
    }
    changes.addAll(combiner.drain());
    return position - begin;
  }

  /** Asks what is there, where that matters; answers how many documents were read. */
  long load(int index, Transactor transactor) throws Exception {
    if (loads(transactor) && !changes.isEmpty()) {
      transactor.load(index, changes.stream().map(Combined::key).toList(),
          document -> loaded.put(Packed.of(at(document, keys)), reduces() ? document : NullNode.getInstance()));
    }
    return read;
  }

  private boolean loads(Transactor transactor) {
    return reduces() || (!binding.deltaUpdates() && transactor.loads());
  }

  void store(int index, Transactor transactor) throws Exception {
    for (Combined change : changes) {
      JsonNode before = loaded.get(change.key());
      boolean gone = !binding.deltaUpdates() && reducer.deletes(change.document());
      boolean exists = loads(transactor) ? before != null : gone;
      if (gone && !exists) {
        continue;
      }
      JsonNode document = reduces() && !gone
          ? reducer.complete(change.deletion() == null ? before : null, change.document())
          : change.document();
      if (binding.deltaUpdates() && change.deletion() != null) {
        transactor.store(row(index, change.key(), change.deletion(), false, false));
      }
      transactor.store(row(index, change.key(), document, exists, gone));
    }
    changes.clear();
    loaded.clear();
  }

  private Transactor.Row row(int index, Packed key, JsonNode document, boolean exists, boolean gone) {
    return new Transactor.Row(index, key, at(document, keys), at(document, values),
        binding.fieldSelection().document().isEmpty() ? null : document, exists, gone);
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
