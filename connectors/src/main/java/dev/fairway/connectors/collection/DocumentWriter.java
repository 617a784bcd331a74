package dev.fairway.connectors.collection;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.json.JsonCursor;
import dev.fairway.connector.json.Members;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Puts documents into the form in which a collection keeps them: checked, on one line, and with {@code /_meta} first, which
 * names the document ({@code uuid}) and, where the source has no key of its own, its row. Belongs to one thread.
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
  private int metaHint;

  /** @param rows whether {@code /_meta} is written by us, so that the source's documents need not have it */
  public DocumentWriter(CollectionSpec collection, boolean rows, DocumentUuids uuids) {
    this.collection = collection.name();
    this.check = new DocumentCheck(collection.writeSchema(), collection.key(), rows ? Set.of("_meta") : Set.of());
    this.uuids = uuids;
  }

  /**
   * Adds a document to those that wait.
   *
   * @param row written to {@code /_meta/row_id}; {@link #NO_ROW} for none
   * @param operation written to {@code /_meta/op}: {@code c}, {@code u} or {@code d}; empty for none
   * @throws BadDocumentException when it breaks the collection's key or schema
   */
  public void write(Members document, long row, String operation, Spool spool) {
    check.problem(document).ifPresent(problem -> {
      throw new BadDocumentException("a document cannot be in " + collection + ": " + problem + "; it is "
          + shortened(document.bytes(), document.from(), document.to()));
    });
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
    if (without < 0 && oneLine(document.bytes(), document.from(), document.to())) {
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
    if (oneLine(text, from, to)) {
      spool.write(text, from, to);
      return;
    }
    // A newline in checked JSON can only be white space between tokens.
    byte[] flat = java.util.Arrays.copyOfRange(text, from, to);
    for (int i = 0; i < flat.length; i++) {
      if (flat[i] == '\n' || flat[i] == '\r') {
        flat[i] = ' ';
      }
    }
    spool.write(flat);
  }

  /* Records that came as lines have no newline; those made in this process might. */
  private static boolean oneLine(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text[i] == '\n') {
        return false;
      }
    }
    return true;
  }

  /** The beginning of a text, for people. */
  public static String shortened(byte[] text, int from, int to) {
    String start = new String(text, from, Math.min(to - from, SHOWN), StandardCharsets.UTF_8);
    return to - from > SHOWN ? start + "…" : start;
  }
}
