package dev.fairway.exchange.document;

import dev.fairway.core.blob.Blob;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.store.Audit;
import dev.fairway.web.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The documents of one node. Bytes are durable before anything speaks of them, so a document that can be found can be
 * read. Our own jurisdiction may read every document here; others those granted to them. Safe for many threads.
 */
public final class Documents {
  public static final String UNKNOWN_TYPE = "application/octet-stream";
  private static final String MEDIA_TYPE = "[a-z0-9!#$&^_.+-]{1,63}/[a-z0-9!#$&^_.+-]{1,63}(; ?charset=[a-zA-Z0-9_-]{1,32})?";

  private final Store store;
  private final Blobs blobs;
  private final Jurisdiction own;
  private final DocumentTable table = new DocumentTable();

  public Documents(Store store, Blobs blobs, Jurisdiction own) {
    this.store = store;
    this.blobs = blobs;
    this.own = own;
  }

  /** A document, open for reading. */
  public record Open(StoredDocument document, SeekableByteChannel bytes) {}

  /**
   * Takes bytes in and lets a jurisdiction read them. Bytes that are here already gain the reader.
   *
   * @throws dev.fairway.core.FairwayException with {@code TOO_LARGE} past the limit
   */
  StoredDocument upload(InputStream bytes, String mediaType, long limit, Jurisdiction reader, String uploader)
      throws IOException {
    Blob blob = blobs.write(bytes, limit, List.of());
    return store.write(tx -> {
      table.insert(tx, blob.id(), mediaType, blob.bytes(), uploader);
      table.grant(tx, blob.id(), reader, uploader);
      StoredDocument document = table.find(tx, blob.id()).orElseThrow();
      stored(tx, document);
      return document;
    });
  }

  /** Tells the journal that a document is here. */
  public static void stored(Transaction tx, StoredDocument document) {
    tx.append(new NewEvent("exchange.document.stored", document.multihash().toString(),
        Json.object().put("multihash", document.multihash().toString()).put("bytes", document.bytes())
            .put("media_type", document.mediaType()).put("source", document.source()).toString()));
  }

  /**
   * Opens a document for a reader, and notes that it was asked for. Empty when it is not here and also when the reader may
   * not know that it is.
   */
  public Optional<Open> read(Multihash multihash, Jurisdiction reader, String actor) throws IOException {
    Optional<BlobId> blob = multihash.blob();
    if (blob.isEmpty()) {
      return Optional.empty();
    }
    Optional<StoredDocument> found = store.write(tx -> {
      Optional<StoredDocument> document = table.find(tx, blob.get());
      boolean allowed = document.isPresent() && (reader.equals(own) || table.granted(tx, blob.get(), reader));
      tx.append(new NewEvent("exchange.document.read", multihash.toString(), Json.object().put("actor", actor)
          .put("jurisdiction", reader.code()).put("allowed", allowed).toString()));
      return allowed ? document : Optional.empty();
    });
    Optional<SeekableByteChannel> bytes = found.isPresent() ? blobs.open(blob.get()) : Optional.empty();
    return bytes.map(channel -> new Open(found.orElseThrow(), channel));
  }

  /** The newest documents, or those older than a given one. */
  public List<StoredDocument> list(Optional<StoredDocument> after, int limit) {
    return store.read(view -> table.list(view, after, limit));
  }

  public Optional<StoredDocument> find(Multihash multihash) {
    return multihash.blob().flatMap(blob -> store.read(view -> table.find(view, blob)));
  }

  /** Who may read it, besides our own jurisdiction. */
  public List<Jurisdiction> readers(Multihash multihash) {
    return multihash.blob().map(blob -> store.read(view -> table.grants(view, blob))).orElse(List.of());
  }

  /**
   * Takes the right to read away, and writes in the audit who did it; false when there was none. What was already fetched
   * stays with the one who has it.
   */
  public boolean withdraw(Multihash multihash, Jurisdiction reader, String actor) {
    return multihash.blob().map(blob -> store.write(tx -> {
      boolean had = table.withdraw(tx, blob, reader);
      if (had) {
        Audit.record(tx, actor, "document.withdraw", multihash.toString(),
            Json.object().put("jurisdiction", reader.code()).toString());
        tx.append(new NewEvent("exchange.document.withdrawn", multihash.toString(),
            Json.object().put("actor", actor).put("jurisdiction", reader.code()).toString()));
      }
      return had;
    })).orElse(false);
  }

  /** Whether bytes belong to a document; the others may be collected when they are old. */
  public boolean needs(BlobId blob) {
    return store.read(view -> table.find(view, blob)).isPresent();
  }

  /** A media type fit to be sent back as a header. */
  public static String mediaType(Optional<String> claimed) {
    return claimed.map(type -> type.strip().toLowerCase(Locale.ROOT)).filter(type -> type.matches(MEDIA_TYPE))
        .orElse(UNKNOWN_TYPE);
  }
}
