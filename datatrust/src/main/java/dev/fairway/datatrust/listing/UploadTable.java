package dev.fairway.datatrust.listing;

import dev.fairway.core.blob.BlobId;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.datatrust.Micros;
import dev.fairway.datatrust.object.SealedObject;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.store.Sql;
import dev.fairway.web.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** The statements on uploads. */
final class UploadTable {
  private static final String SELECT = "SELECT * FROM datatrust_upload WHERE market = :market";
  private static final String THIS = "market = :market AND listing = :listing AND owner = :owner AND blob = :blob";

  private final String market;

  UploadTable(String market) {
    this.market = market;
  }

  Optional<Upload> find(View view, Hash listing, Address owner) {
    return Sql.on(view).createQuery(SELECT + " AND listing = :listing AND owner = :owner").bind("market", market)
        .bind("listing", listing.hex()).bind("owner", owner.hex()).map((row, _) -> upload(row)).findFirst();
  }

  List<Upload> recent(View view, int limit) {
    return Sql.on(view).createQuery(SELECT + " ORDER BY uploaded_at DESC LIMIT :limit").bind("market", market)
        .bind("limit", limit).map((row, _) -> upload(row)).list();
  }

  long bytesOf(View view, Address owner) {
    return Sql.on(view)
        .createQuery(
            "SELECT COALESCE(SUM(size), 0) FROM datatrust_upload WHERE market = :market AND owner = :owner")
        .bind("market", market).bind("owner", owner.hex()).mapTo(Long.class).one();
  }

  boolean needs(View view, BlobId blob) {
    return Sql.on(view).createQuery("SELECT 1 FROM datatrust_upload WHERE blob = :blob").bind("blob", blob.hex())
        .mapTo(Integer.class).findFirst().isPresent();
  }

  /** Writes it in place of an earlier one of the same maker. */
  void put(Transaction tx, Upload upload) {
    Upload.Description words = upload.description();
    Sql.on(tx).createUpdate("""
        INSERT INTO datatrust_upload (market, listing, owner, tx_hash, title, description, license, file_type, tags,
          filename, size, md5, sha256, data_hash, blob, sealed_key, task, uploaded_at)
        VALUES (:market, :listing, :owner, :transaction, :title, :description, :license, :type, :tags,
          :filename, :size, :md5, :sha256, :data, :blob, :key, :task, :now)
        ON CONFLICT (market, listing, owner) DO UPDATE SET tx_hash = excluded.tx_hash, title = excluded.title,
          description = excluded.description, license = excluded.license, file_type = excluded.file_type,
          tags = excluded.tags, filename = excluded.filename, size = excluded.size, md5 = excluded.md5,
          sha256 = excluded.sha256, data_hash = excluded.data_hash, blob = excluded.blob,
          sealed_key = excluded.sealed_key, task = excluded.task, uploaded_at = excluded.uploaded_at,
          checked_at = NULL, fault = NULL, gone_since = NULL""")
        .bind("market", market).bind("listing", upload.listing().hex()).bind("owner", upload.owner().hex())
        .bind("transaction", words.transaction()).bind("title", words.title())
        .bind("description", words.description()).bind("license", words.license()).bind("type", words.fileType())
        .bind("tags", words.tags().map(Json::text).orElse(null)).bind("filename", words.filename())
        .bind("size", upload.object().size()).bind("md5", upload.digests().md5())
        .bind("sha256", upload.digests().sha256()).bind("data", upload.digests().data().hex())
        .bind("blob", upload.object().blob().hex()).bind("key", upload.object().key())
        .bind("task", upload.task().toString()).bind("now", Micros.of(upload.uploadedAt())).execute();
  }

  List<Upload> all(View view) {
    return Sql.on(view).createQuery(SELECT).bind("market", market).map((row, _) -> upload(row)).list();
  }

  /** Those not read through since a time, the longest unread first. */
  List<Upload> uncheckedSince(View view, Instant time, int limit) {
    return Sql.on(view)
        .createQuery(
            SELECT + " AND COALESCE(checked_at, uploaded_at) < :time ORDER BY COALESCE(checked_at, uploaded_at)"
                + " LIMIT :limit")
        .bind("market", market).bind("time", Micros.of(time)).bind("limit", limit).map((row, _) -> upload(row)).list();
  }

  /** What was wrong with it when it was last read through. */
  Optional<String> fault(View view, Upload upload) {
    return bound(Sql.on(view).createQuery("SELECT fault FROM datatrust_upload WHERE fault IS NOT NULL AND " + THIS),
        upload)
        .mapTo(String.class).findFirst();
  }

  long faults(View view) {
    return Sql.on(view)
        .createQuery("SELECT COUNT(*) FROM datatrust_upload WHERE market = :market AND fault IS NOT NULL")
        .bind("market", market).mapTo(Long.class).one();
  }

  void checked(Transaction tx, Upload upload, Instant at, Optional<String> fault) {
    bound(Sql.on(tx).createUpdate("UPDATE datatrust_upload SET checked_at = :at, fault = :fault WHERE " + THIS), upload)
        .bind("at", Micros.of(at)).bind("fault", fault.orElse(null)).execute();
  }

  Optional<Instant> goneSince(View view, Upload upload) {
    return bound(Sql.on(view).createQuery("SELECT gone_since FROM datatrust_upload WHERE gone_since IS NOT NULL AND "
        + THIS), upload).mapTo(Long.class).findFirst().map(Micros::instant);
  }

  void gone(Transaction tx, Upload upload, Optional<Instant> since) {
    bound(Sql.on(tx).createUpdate("UPDATE datatrust_upload SET gone_since = :since WHERE " + THIS), upload)
        .bind("since", since.map(Micros::of).orElse(null)).execute();
  }

  void remove(Transaction tx, Upload upload) {
    bound(Sql.on(tx).createUpdate("DELETE FROM datatrust_upload WHERE " + THIS), upload).execute();
  }

  /* One upload, and not one that took its place. */
  private <S extends SqlStatement<S>> S bound(S statement, Upload upload) {
    return statement.bind("market", market).bind("listing", upload.listing().hex())
        .bind("owner", upload.owner().hex()).bind("blob", upload.object().blob().hex());
  }

  private static Upload upload(ResultSet row) throws SQLException {
    return new Upload(new Hash(row.getString("listing")), new Address(row.getString("owner")),
        new Upload.Description(row.getString("tx_hash"), row.getString("title"), row.getString("description"),
            row.getString("license"), row.getString("file_type"), tags(row.getString("tags")),
            row.getString("filename")),
        new SealedObject(new BlobId(row.getString("blob")), row.getLong("size"), row.getBytes("sealed_key")),
        new Upload.Digests(row.getString("md5"), row.getString("sha256"), new Hash(row.getString("data_hash"))),
        UUID.fromString(row.getString("task")), Micros.instant(row.getLong("uploaded_at")));
  }

  private static Optional<List<String>> tags(@Nullable String json) {
    if (json == null) {
      return Optional.empty();
    }
    List<String> tags = new ArrayList<>();
    Json.parse(json).forEach(tag -> tags.add(tag.asString()));
    return Optional.of(tags);
  }
}
