package dev.fairway.exchange.moving;

import dev.fairway.core.store.Transaction;
import dev.fairway.exchange.moving.OldObjects.OldObject;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;

/** One kind of thing that an older node kept in a bucket. */
interface Kind {
  /** In the plural, for people. */
  String name();

  String bucket();

  /**
   * Reads an object and does what must be durable before the transaction.
   *
   * @return what is to be written; empty when the object belongs to another and is read with that
   */
  Optional<Taking> read(OldObject object) throws IOException, LeftOut;

  /** Writes one thing down. It either writes or throws, never both. */
  @FunctionalInterface
  interface Taking {
    /** False when it was here already. */
    boolean apply(Transaction tx) throws SQLException, LeftOut;
  }
}
