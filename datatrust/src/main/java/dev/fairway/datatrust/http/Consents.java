package dev.fairway.datatrust.http;

import dev.fairway.core.store.Store;
import dev.fairway.datatrust.Micros;
import dev.fairway.evm.Address;
import dev.fairway.store.Sql;
import java.util.Optional;

/** What account holders agreed to, each time they did; nothing is overwritten. */
final class Consents {
  private final Store store;
  private final String market;

  Consents(Store store, String market) {
    this.store = store;
    this.market = market;
  }

  /**
   * @param timestamp when, in the client's words
   * @param fromUs whether they call themselves a US person
   * @param version of the text
   */
  record Consent(long timestamp, boolean fromUs, long version) {}

  void add(Address owner, Consent consent) {
    store.run(tx -> Sql.on(tx)
        .createUpdate("INSERT INTO datatrust_consent (market, owner, version, agreed_at, from_us, received_at)"
            + " VALUES (:market, :owner, :version, :agreed, :us, :now)")
        .bind("market", market).bind("owner", owner.hex()).bind("version", consent.version())
        .bind("agreed", consent.timestamp()).bind("us", consent.fromUs() ? 1 : 0)
        .bind("now", Micros.of(tx.now())).execute());
  }

  Optional<Consent> latest(Address owner) {
    return store.read(view -> Sql.on(view)
        .createQuery(
            "SELECT agreed_at, from_us, version FROM datatrust_consent WHERE market = :market AND owner = :owner"
                + " ORDER BY received_at DESC LIMIT 1")
        .bind("market", market).bind("owner", owner.hex())
        .map((row, _) -> new Consent(row.getLong("agreed_at"), row.getLong("from_us") == 1, row.getLong("version")))
        .findFirst());
  }
}
