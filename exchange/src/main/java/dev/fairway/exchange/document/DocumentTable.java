package dev.fairway.exchange.document;

import dev.fairway.core.blob.BlobId;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.exchange.sql.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The rows of documents, of who may read them, and of which are still to be fetched. */
public final class DocumentTable {
  /** How far one document of a message has come. */
  public enum FetchState {
    WAITING, STORED, FAILED
  }

  /**
   * One document of a message.
   *
   * @param parent the document that links to it; empty for the message's own
   * @param depth 0 for the message's own
   */
  public record Fetch(BlobId blob, Optional<BlobId> parent, int depth, FetchState state, long bytes) {}

  /** Stores what is known of a document; what was known first stays. */
  public void insert(Transaction tx, BlobId blob, String mediaType, long bytes, String source) throws SQLException {
    Sql.update(tx, """
        INSERT INTO exchange_document (hash, media_type, bytes, source, stored_at) VALUES (?,?,?,?,?)
        ON CONFLICT DO NOTHING""", blob.hex(), mediaType, bytes, source, tx.now());
  }

  public Optional<StoredDocument> find(View view, BlobId blob) throws SQLException {
    return Sql.first(view, "SELECT hash, media_type, bytes, source, stored_at FROM exchange_document WHERE hash = ?",
        DocumentTable::read, blob.hex());
  }

  List<StoredDocument> list(View view, Optional<StoredDocument> after, int limit) throws SQLException {
    String select = "SELECT hash, media_type, bytes, source, stored_at FROM exchange_document ";
    String order = "ORDER BY stored_at DESC, hash DESC LIMIT ?";
    return after.isEmpty()
        ? Sql.list(view, select + order, DocumentTable::read, limit)
        : Sql.list(view, select + "WHERE (stored_at, hash) < (?, ?) " + order, DocumentTable::read,
            after.get().storedAt(), after.get().blob().hex(), limit);
  }

  /** False when it had the right already. */
  public boolean grant(Transaction tx, BlobId blob, Jurisdiction jurisdiction, String by) throws SQLException {
    return Sql.update(tx, """
        INSERT INTO exchange_grant (hash, jurisdiction, granted_by, granted_at) VALUES (?,?,?,?)
        ON CONFLICT DO NOTHING""", blob.hex(), jurisdiction.code(), by, tx.now()) == 1;
  }

  boolean withdraw(Transaction tx, BlobId blob, Jurisdiction jurisdiction) throws SQLException {
    return Sql.update(tx, "DELETE FROM exchange_grant WHERE hash = ? AND jurisdiction = ?", blob.hex(),
        jurisdiction.code()) == 1;
  }

  boolean granted(View view, BlobId blob, Jurisdiction jurisdiction) throws SQLException {
    return Sql.first(view, "SELECT 1 FROM exchange_grant WHERE hash = ? AND jurisdiction = ?", row -> true, blob.hex(),
        jurisdiction.code()).isPresent();
  }

  List<Jurisdiction> grants(View view, BlobId blob) throws SQLException {
    return Sql.list(view, "SELECT jurisdiction FROM exchange_grant WHERE hash = ? ORDER BY jurisdiction",
        row -> new Jurisdiction(row.getString("jurisdiction")), blob.hex());
  }

  /** False when the message already has that document on its list. */
  public boolean insertFetch(Transaction tx, long message, BlobId blob, Optional<BlobId> parent, int depth)
      throws SQLException {
    return Sql.update(tx, """
        INSERT INTO exchange_fetch (message, hash, parent, depth, state, bytes) VALUES (?,?,?,?,?,0)
        ON CONFLICT DO NOTHING""", message, blob.hex(), parent.map(BlobId::hex), depth, FetchState.WAITING) == 1;
  }

  public void fetched(Transaction tx, long message, BlobId blob, FetchState state, long bytes) throws SQLException {
    Sql.update(tx, "UPDATE exchange_fetch SET state = ?, bytes = ? WHERE message = ? AND hash = ?", state, bytes,
        message, blob.hex());
  }

  /** The documents of a message, its own first. */
  public List<Fetch> fetches(View view, long message) throws SQLException {
    return Sql.list(view,
        "SELECT hash, parent, depth, state, bytes FROM exchange_fetch WHERE message = ? ORDER BY depth, hash",
        row -> new Fetch(new BlobId(row.getString("hash")), Sql.text(row, "parent").map(BlobId::new),
            row.getInt("depth"), FetchState.valueOf(row.getString("state")), row.getLong("bytes")),
        message);
  }

  private static StoredDocument read(ResultSet row) throws SQLException {
    return new StoredDocument(new BlobId(row.getString("hash")), row.getString("media_type"), row.getLong("bytes"),
        row.getString("source"), Sql.instant(row, "stored_at"));
  }
}
