package dev.fairway.connectors.collection;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import dev.fairway.connectors.reduce.Combiner;
import dev.fairway.connectors.reduce.Reducer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts documents into the form in which a collection keeps them: checked, on one line, and with {@code /_meta} first, which
 * names the document ({@code uuid}) and, where the source has no key of its own, its row. Where the collection's schema
 * says how documents of the same key are reduced, those of one transaction become one. Belongs to one thread.
 */
public final class DocumentWriter {
  /** The row of documents that carry none. */
  public static final long NO_ROW = -1;

  private static final byte[] META = "_meta".getBytes(StandardCharsets.UTF_8);
  private static final byte[] UUID = "uuid".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ROW = "row_id".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OPERATION = "op".getBytes(StandardCharsets.UTF_8);
  private static final byte[] HEAD = "{\"_meta\":{\"uuid\":\"".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ROW_HEAD = ",\"row_id\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OPERATION_HEAD = ",\"op\":\"".getBytes(StandardCharsets.UTF_8);
  private static final byte[] QUOTE = {'"'};
  private static final byte[] COMMA = {','};
  private static final byte[] CLOSE = {'}'};
  private static final int SHOWN = 300;

  private final String collection;
  private final DocumentCheck check;
  private final DocumentUuids uuids;
  private final JsonCursor cursor = new JsonCursor();
  private final Members meta = new Members();
  private final Members combined = new Members();
  private final @Nullable Combiner combiner;
  private final int memory;
  private long held;
  private int metaHint;

  /**
   * @param rows whether {@code /_meta} is written by us, so that the source's documents need not have it
   * @param memory most bytes of documents held to be combined; beyond it, those of a transaction become several
   */
  public DocumentWriter(CollectionSpec collection, boolean rows, DocumentUuids uuids, int memory) {
    this.collection = collection.name();
    this.memory = memory;
    Reducer reducer = Reducer.of(collection.writeSchema());
    this.combiner = reducer.keepsLast() ? null : new Combiner(reducer, collection.key());
    this.check = new DocumentCheck(collection.writeSchema(), collection.key(), rows ? Set.of("_meta") : Set.of());
    this.uuids = uuids;
  }

  /**
   * Adds a document to those that wait; it may be held back until {@link #finish}.
   *
   * @param row written to {@code /_meta/row_id}; {@link #NO_ROW} for none
   * @param operation written to {@code /_meta/op}: {@code c}, {@code u} or {@code d}; empty for none
   * @throws BadDocumentException when it breaks the collection's key or schema
   */
  public void write(Members document, long row, String operation, Spool spool) {
    if (combiner == null) {
      put(document, row, operation, spool);
      return;
    }
    check(document);
    ObjectNode tree = (ObjectNode) Json.parse(document.bytes(), document.from(), document.to());
    if (row != NO_ROW || !operation.isEmpty()) {
      ObjectNode ours = tree.path("_meta") instanceof ObjectNode given ? given : tree.putObject("_meta");
      if (row != NO_ROW) {
        ours.put("row_id", row);
      }
      if (!operation.isEmpty()) {
        ours.put("op", operation);
      }
    }
    combiner.add(tree);
    held += document.to() - document.from();
    if (held > memory) {
      finish(spool);
    }
  }

  /** Adds what was held back; to be called at the end of a transaction. */
  public void finish(Spool spool) {
    held = 0;
    if (combiner == null) {
      return;
    }
    for (Combiner.Combined one : combiner.drain()) {
      if (one.deletion() != null) {
        put(one.deletion(), spool);
      }
      put(one.document(), spool);
    }
  }

  private void put(JsonNode document, Spool spool) {
    byte[] json = Json.bytes(document);
    cursor.reset(json, 0, json.length);
    combined.read(json, cursor);
    put(combined, NO_ROW, "", spool);
  }

  private void check(Members document) {
    check.problem(document).ifPresent(problem -> {
      throw new BadDocumentException("a document cannot be in " + collection + ": " + problem + "; it is "
          + shortened(document.bytes(), document.from(), document.to()));
    });
  }

  private void put(Members document, long row, String operation, Spool spool) {
    check(document);
    byte[] text = document.bytes();
    spool.write(HEAD);
    spool.write(uuids.next());
    spool.write(QUOTE);
    if (row != NO_ROW) {
      spool.write(ROW_HEAD);
      spool.write(Long.toString(row).getBytes(StandardCharsets.US_ASCII));
    }
    if (!operation.isEmpty()) {
      spool.write(OPERATION_HEAD);
      spool.write(operation.getBytes(StandardCharsets.US_ASCII));
      spool.write(QUOTE);
    }
    int old = document.find(META, metaHint);
    if (old >= 0) {
      metaHint = old;
      keepOthers(text, document.valueFrom(old), document.valueTo(old), row, operation, spool);
    }
    spool.write(CLOSE);
    copyOthers(document, old, spool);
    spool.write(CLOSE);
    spool.endDocument();
  }

  /** The source's own members of {@code _meta} stay where they do not clash with ours. */
  private void keepOthers(byte[] text, int from, int to, long row, String operation, Spool spool) {
    if (text[from] != '{') {
      return;
    }
    cursor.reset(text, from, to);
    meta.read(text, cursor);
    for (int i = 0; i < meta.count(); i++) {
      boolean ours = meta.is(i, UUID) || (row != NO_ROW && meta.is(i, ROW))
          || (!operation.isEmpty() && meta.is(i, OPERATION));
      if (!ours) {
        spool.write(COMMA);
        member(meta, i, spool);
      }
    }
  }

  private static void copyOthers(Members document, int without, Spool spool) {
    if (without < 0 && document.oneLine()) {
      if (document.count() > 0) {
        spool.write(COMMA);
        spool.write(document.bytes(), document.memberFrom(0), document.valueTo(document.count() - 1));
      }
      return;
    }
    for (int i = 0; i < document.count(); i++) {
      if (i != without) {
        spool.write(COMMA);
        member(document, i, spool);
      }
    }
  }

  private static void member(Members object, int index, Spool spool) {
    byte[] text = object.bytes();
    int from = object.memberFrom(index);
    int to = object.valueTo(index);
    if (object.oneLine()) {
      spool.write(text, from, to);
      return;
    }
    // Records that came as lines have no newline; in those made in this process one is white space between tokens.
    byte[] flat = Arrays.copyOfRange(text, from, to);
    for (int i = 0; i < flat.length; i++) {
      if (flat[i] == '\n' || flat[i] == '\r') {
        flat[i] = ' ';
      }
    }
    spool.write(flat);
  }

  /** The beginning of a text, for people. */
  public static String shortened(byte[] text, int from, int to) {
    String start = new String(text, from, Math.min(to - from, SHOWN), StandardCharsets.UTF_8);
    return to - from > SHOWN ? start + "…" : start;
  }
}
