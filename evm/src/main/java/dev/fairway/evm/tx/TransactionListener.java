package dev.fairway.evm.tx;

import dev.fairway.core.store.Transaction;
import java.sql.SQLException;

/** Is told of every change of state of its purpose's transactions, in the transaction that writes the change. */
@FunctionalInterface
public interface TransactionListener {
  void changed(Transaction tx, long id, TransactionState state) throws SQLException;
}
