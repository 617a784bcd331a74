package dev.fairway.exchange.moving;

import dev.fairway.core.blob.BlobId;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.exchange.document.DocumentTable;
import dev.fairway.exchange.moving.OldObjects.OldObject;
import java.util.Optional;

/** Rights to read: empty objects named by document and reader. The message beside, which granted it, is read as a message. */
final class OldRights implements Kind {
  private final String bucket;
  private final DocumentTable documents = new DocumentTable();

  OldRights(String bucket) {
    this.bucket = bucket;
  }

  @Override
  public String name() {
    return "rights to read";
  }

  @Override
  public String bucket() {
    return bucket;
  }

  @Override
  public Optional<Taking> read(OldObject object) throws LeftOut {
    String key = Keys.whole(object.key());
    if (key.endsWith(".json")) {
      return Optional.empty();
    }
    int slash = key.lastIndexOf('/');
    if (slash < 0) {
      throw new LeftOut("is not DOCUMENT/JURISDICTION");
    }
    BlobId blob = OldDocuments.blob(key.substring(0, slash));
    Jurisdiction reader = jurisdiction(key.substring(slash + 1));
    return Optional.of(tx -> documents.grant(tx, blob, reader, MovingIn.SOURCE));
  }

  private static Jurisdiction jurisdiction(String code) throws LeftOut {
    try {
      return new Jurisdiction(code);
    } catch (IllegalArgumentException e) {
      throw new LeftOut(String.valueOf(e.getMessage()));
    }
  }
}
