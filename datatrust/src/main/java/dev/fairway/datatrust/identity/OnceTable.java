package dev.fairway.datatrust.identity;

import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.datatrust.Micros;
import dev.fairway.store.Sql;
import java.time.Instant;

/** What may be used once: the first to write a name has used it. What has run out is removed on the way. */
final class OnceTable {
  private OnceTable() {}

  /** What kind of name; part of what is stored. */
  enum Kind {
    /** A log-in's signature. */
    SIGNATURE,
    /** A nonce given out and not used. */
    NONCE,
    /** A refresh token that was used. */
    REFRESH,
    /** A family of tokens taken back. */
    REVOKED
  }

  /** Whether this was the first to write it. */
  static boolean first(Transaction tx, Kind kind, String name, Instant expires) {
    return Sql.on(tx)
        .createUpdate("INSERT INTO datatrust_once (kind, name, expires_at) VALUES (:kind, :name, :expires)"
            + " ON CONFLICT DO NOTHING")
        .bind("kind", kind.name()).bind("name", name).bind("expires", Micros.of(expires)).execute() == 1;
  }

  static boolean has(View view, Kind kind, String name) {
    return Sql.on(view)
        .createQuery("SELECT 1 FROM datatrust_once WHERE kind = :kind AND name = :name AND expires_at > :now")
        .bind("kind", kind.name()).bind("name", name).bind("now", Micros.of(view.now())).mapTo(Integer.class)
        .findFirst()
        .isPresent();
  }

  /** Uses a name up that was written before; false when it was not, or has run out. */
  static boolean take(Transaction tx, Kind kind, String name) {
    return Sql.on(tx)
        .createUpdate("DELETE FROM datatrust_once WHERE kind = :kind AND name = :name AND expires_at > :now")
        .bind("kind", kind.name()).bind("name", name).bind("now", Micros.of(tx.now())).execute() == 1;
  }

  static int forgetExpired(Transaction tx) {
    return Sql.on(tx).createUpdate("DELETE FROM datatrust_once WHERE expires_at <= :now")
        .bind("now", Micros.of(tx.now()))
        .execute();
  }
}
