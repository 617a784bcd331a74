package dev.fairway.connectors.derive;

import dev.fairway.connector.flow.DeriveRequest;
import dev.fairway.connector.flow.DeriveRequest.Shuffle;
import dev.fairway.connector.flow.DeriveRequest.UuidParts;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.collection.Collection;
import dev.fairway.connectors.collection.CollectionReader;
import dev.fairway.connectors.collection.DocumentUuids;
import dev.fairway.connectors.spec.Derivation;
import dev.fairway.connectors.task.FollowStep;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/** One transform's way through its source, a document ahead of what was taken. Belongs to one thread at a time. */
final class TransformSource implements FollowStep.Source, AutoCloseable {
  private final int index;
  private final Derivation.Transform transform;
  private final Collection collection;
  private final String suffix;
  private final List<JsonPointer> shuffle;
  private long position;
  private long seen;
  private @Nullable CollectionReader reader;
  private @Nullable Head head;

  TransformSource(int index, Derivation.Transform transform, Collection collection, String suffix, long position) {
    this.index = index;
    this.transform = transform;
    this.collection = collection;
    this.suffix = suffix;
    this.position = position;
    this.shuffle = transform.shuffle().stream().map(JsonPointer::compile).toList();
  }

  int priority() {
    return transform.priority();
  }

  String suffix() {
    return suffix;
  }

  @Override
  public Collection collection() {
    return collection;
  }

  /** What is there already and must grow older first is no news. */
  @Override
  public long seen() {
    return seen;
  }

  /** Behind the last document that was taken. */
  long position() {
    return position;
  }

  /** Begins to read what is there now. */
  void open() throws IOException {
    close();
    seen = collection.end();
    reader = collection.read(position);
    advance();
  }

  /** Whether there is a document, old enough to be read. */
  boolean ready(Instant now) {
    return head != null && !now.isBefore(head.due());
  }

  /** When the present document is due; documents of several sources are read in this order. */
  Instant due() {
    return head().due();
  }

  /** Takes the present document. */
  DeriveRequest.Read take() throws IOException {
    Head taken = head();
    List<JsonNode> key = shuffle.stream().map(pointer -> {
      JsonNode value = taken.document().at(pointer);
      return value.isMissingNode() ? NullNode.getInstance() : value;
    }).toList();
    position = taken.end();
    advance();
    Packed packed = Packed.of(key);
    return new DeriveRequest.Read(index, taken.uuid(), new Shuffle(key, packed, packed.hash()), taken.document());
  }

  private Head head() {
    if (head == null) {
      throw new IllegalStateException("no document of " + collection + " is at hand");
    }
    return head;
  }

  private void advance() throws IOException {
    CollectionReader open = reader;
    if (open == null || !open.next()) {
      head = null;
      return;
    }
    JsonNode document = Json.parse(open.buffer(), open.from(), open.to());
    head = Head.of(document, transform.readDelay(), open.position());
  }

  @Override
  public void close() throws IOException {
    head = null;
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }

  /** A document that was read ahead, and where it ends. */
  private record Head(JsonNode document, UuidParts uuid, Instant due, long end) {
    private static final UuidParts NONE = new UuidParts("0", "0");

    /*
     * A document's UUID says when it was published and by whom. Where Flow's message clock is finer than a UUID's, and
     * where its flags are, is the UUID's clock sequence: four bits of the one, then ten of the other.
     */
    static Head of(JsonNode document, Duration delay, long end) {
      return DocumentUuids.of(document)
          .map(uuid -> new Head(document, parts(uuid), DocumentUuids.time(uuid).plus(delay), end))
          .orElseGet(() -> new Head(document, NONE, Instant.EPOCH, end));
    }

    private static UuidParts parts(UUID uuid) {
      int sequence = uuid.clockSequence();
      long clock = (uuid.timestamp() << 4) | (sequence >>> 10);
      long node = (uuid.node() << 16) | (sequence & 0x3ff);
      return new UuidParts(Long.toUnsignedString(node), Long.toUnsignedString(clock));
    }
  }
}
