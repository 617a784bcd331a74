package dev.fairway.datatrust.identity;

import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.datatrust.Micros;
import dev.fairway.evm.Address;
import dev.fairway.store.Sql;
import java.time.Instant;
import java.util.Optional;

/** Until when accounts' tokens were taken back. Those given out later hold. */
final class Revocations {
  private Revocations() {}

  static void put(Transaction tx, Address account) {
    Sql.on(tx)
        .createUpdate("INSERT INTO datatrust_revoked (account, until) VALUES (:account, :now)"
            + " ON CONFLICT (account) DO UPDATE SET until = excluded.until")
        .bind("account", account.hex()).bind("now", Micros.of(tx.now())).execute();
  }

  static Optional<Instant> until(View view, Address account) {
    return Sql.on(view).createQuery("SELECT until FROM datatrust_revoked WHERE account = :account")
        .bind("account", account.hex()).mapTo(Long.class).findFirst().map(Micros::instant);
  }
}
