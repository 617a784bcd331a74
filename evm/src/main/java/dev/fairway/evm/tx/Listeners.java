package dev.fairway.evm.tx;

import dev.fairway.core.store.Transaction;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Tells whoever listens for a purpose what becomes of its transactions, in the transaction that notes it. */
final class Listeners {
  private final TransactionTable table;
  private final Map<String, TransactionListener> byPurpose = new ConcurrentHashMap<>();

  Listeners(TransactionTable table) {
    this.table = table;
  }

  void put(String purpose, TransactionListener listener) {
    byPurpose.put(purpose, listener);
  }

  void tell(Transaction tx, long id) throws SQLException {
    Optional<Row> row = table.byId(tx, id);
    if (row.isPresent()) {
      tell(tx, row.get(), row.get().toState());
    }
  }

  void tell(Transaction tx, Row row, TransactionState state) throws SQLException {
    TransactionListener listener = byPurpose.get(row.purpose());
    if (listener != null) {
      listener.changed(tx, row.id(), state);
    }
  }
}
