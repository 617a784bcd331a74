package dev.fairway.exchange.moving;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.Blob;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.blob.Blobs;
import dev.fairway.exchange.document.DocumentTable;
import dev.fairway.exchange.document.Documents;
import dev.fairway.exchange.document.Multihash;
import dev.fairway.exchange.moving.OldObjects.OldObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** Documents: raw bytes under their multihash, which is checked again. What type they had was never kept. */
final class OldDocuments implements Kind {
  private final String bucket;
  private final Blobs blobs;
  private final boolean dryRun;
  private final DocumentTable documents = new DocumentTable();

  /** @param dryRun whether bytes are only checked, and not kept */
  OldDocuments(String bucket, Blobs blobs, boolean dryRun) {
    this.bucket = bucket;
    this.blobs = blobs;
    this.dryRun = dryRun;
  }

  @Override
  public String name() {
    return "documents";
  }

  @Override
  public String bucket() {
    return bucket;
  }

  /** The SHA-256 that a multihash names. */
  static BlobId blob(String multihash) throws LeftOut {
    return Multihash.parse(multihash).flatMap(Multihash::blob)
        .orElseThrow(() -> new LeftOut("\"" + multihash + "\" is not the multihash of a SHA-256"));
  }

  @Override
  public Optional<Taking> read(OldObject object) throws IOException, LeftOut {
    BlobId id = blob(Keys.whole(object.key()));
    Optional<Blob> here = blobs.find(id);
    long bytes = here.isPresent() ? here.get().bytes() : dryRun ? check(id, object) : keep(id, object);
    return Optional.of(tx -> {
      boolean known = documents.find(tx, id).isPresent();
      documents.insert(tx, id, Documents.UNKNOWN_TYPE, bytes, MovingIn.SOURCE);
      return !known;
    });
  }

  private long keep(BlobId id, OldObject object) throws IOException, LeftOut {
    try (InputStream in = object.bytes().open()) {
      return blobs.writeExpecting(id, in, Long.MAX_VALUE).bytes();
    } catch (FairwayException e) {
      if (e.code() == ErrorCode.PEER_LIED) {
        throw otherBytes();
      }
      throw e;
    }
  }

  private static long check(BlobId id, OldObject object) throws IOException, LeftOut {
    try (DigestInputStream in = new DigestInputStream(object.bytes().open(), MessageDigest.getInstance("SHA-256"))) {
      long bytes = in.transferTo(OutputStream.nullOutputStream());
      if (!BlobId.of(in.getMessageDigest().digest()).equals(id)) {
        throw otherBytes();
      }
      return bytes;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static LeftOut otherBytes() {
    return new LeftOut("has other bytes than its name says");
  }
}
