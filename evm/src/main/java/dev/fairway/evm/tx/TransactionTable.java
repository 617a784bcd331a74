package dev.fairway.evm.tx;

import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.rpc.Block;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.evm.sign.Fees;
import dev.fairway.evm.sign.SignedTransaction;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements of one account's transactions. Plain JDBC: the hot ones go out in batches. */
final class TransactionTable {
  private static final String SELECT = "SELECT " + Row.COLUMNS
      + " FROM evm_transaction t WHERE t.chain = ? AND t.sender = ?";

  private final long chain;
  private final String sender;

  TransactionTable(long chain, Address sender) {
    this.chain = chain;
    this.sender = sender.hex();
  }

  /** A signed form, about to be written and sent. */
  record Form(Row row, long nonce, long gasLimit, Fees fees, SignedTransaction signed, boolean cancels,
      boolean replaces) {}

  /** What a receipt means for a transaction. */
  record Mining(Row row, Receipt receipt, Row.Outcome outcome, String reason) {}

  Optional<Row> byKey(View view, String key) throws SQLException {
    return list(view, " AND t.request_key = ?", 1, key).stream().findFirst();
  }

  Optional<Row> byId(View view, long id) throws SQLException {
    return list(view, " AND t.id = ?", 1, id).stream().findFirst();
  }

  Optional<Long> idOf(View view, Hash hash) throws SQLException {
    try (PreparedStatement query = view.connection().prepareStatement(
        "SELECT s.transaction_id FROM evm_signed s JOIN evm_transaction t ON t.id = s.transaction_id"
            + " WHERE s.hash = ? AND t.chain = ? AND t.sender = ?")) {
      query.setString(1, hash.hex());
      query.setLong(2, chain);
      query.setString(3, sender);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
      }
    }
  }

  /** Rows where more holds; {@code more} begins with AND and may end with ORDER BY. */
  List<Row> list(View view, String more, int limit, Object... arguments) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement query = view.connection().prepareStatement(SELECT + more + " LIMIT " + limit)) {
      query.setLong(1, chain);
      query.setString(2, sender);
      for (int i = 0; i < arguments.length; i++) {
        query.setObject(i + 3, arguments[i]);
      }
      try (ResultSet result = query.executeQuery()) {
        while (result.next()) {
          rows.add(Row.of(result));
        }
      }
    }
    return rows;
  }

  long number(View view, String expression, String more, Object... arguments) throws SQLException {
    try (PreparedStatement query = view.connection().prepareStatement(
        "SELECT " + expression + " FROM evm_transaction t WHERE t.chain = ? AND t.sender = ?" + more)) {
      query.setLong(1, chain);
      query.setString(2, sender);
      for (int i = 0; i < arguments.length; i++) {
        query.setObject(i + 3, arguments[i]);
      }
      try (ResultSet result = query.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  boolean anyOpen(View view) throws SQLException {
    for (String state : List.of(Row.RECORDED, Row.SENT, Row.MINED, Row.CONFIRMED)) {
      if (!list(view, " AND t.state = '" + state + "'", 1).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  long insert(Transaction tx, TransactionRequest request) throws SQLException {
    long now = Row.micros(tx.now());
    try (PreparedStatement insert = tx.connection().prepareStatement(
        "INSERT INTO evm_transaction (chain, sender, request_key, purpose, receiver, value, data, gas_limit, late_fork, state,"
            + " recorded_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'recorded', ?, ?)"
            + " ON CONFLICT DO NOTHING RETURNING id")) {
      insert.setLong(1, chain);
      insert.setString(2, sender);
      insert.setString(3, request.key());
      insert.setString(4, request.purpose());
      insert.setString(5, request.to().map(Address::hex).orElse(null));
      insert.setString(6, request.value().toString());
      insert.setBytes(7, Hex.bytes(request.data()));
      if (request.gasLimit().isPresent()) {
        insert.setLong(8, request.gasLimit().getAsLong());
      } else {
        insert.setNull(8, java.sql.Types.BIGINT);
      }
      insert.setString(9, request.lateFork().name());
      insert.setLong(10, now);
      insert.setLong(11, now);
      try (ResultSet row = insert.executeQuery()) {
        return row.next() ? row.getLong(1) : -1;
      }
    }
  }

  void signed(Transaction tx, Collection<Form> forms) throws SQLException {
    long now = Row.micros(tx.now());
    try (PreparedStatement update = tx.connection().prepareStatement(
        "UPDATE evm_transaction SET state = 'sent', nonce = ?, gas_limit = ?, hash = ?, tip = ?, fee_ceiling = ?,"
            + " sent_at = ?, replacements = replacements + ?, changed_at = ? WHERE id = ?");
        PreparedStatement insert = tx.connection().prepareStatement(
            "INSERT INTO evm_signed (hash, transaction_id, raw, cancels, signed_at) VALUES (?, ?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING")) {
      for (Form form : forms) {
        update.setLong(1, form.nonce());
        update.setLong(2, form.gasLimit());
        update.setString(3, form.signed().hash().hex());
        update.setString(4, form.fees() instanceof Fees.Dynamic dynamic ? dynamic.priority().toString() : null);
        update.setString(5, form.fees().ceiling().toString());
        update.setLong(6, now);
        update.setInt(7, form.replaces() ? 1 : 0);
        update.setLong(8, now);
        update.setLong(9, form.row().id());
        update.addBatch();
        insert.setString(1, form.signed().hash().hex());
        insert.setLong(2, form.row().id());
        insert.setBytes(3, Hex.bytes(form.signed().raw()));
        insert.setInt(4, form.cancels() ? 1 : 0);
        insert.setLong(5, now);
        insert.addBatch();
      }
      update.executeBatch();
      insert.executeBatch();
    }
  }

  void mined(Transaction tx, Collection<Mining> minings) throws SQLException {
    try (PreparedStatement update = tx.connection().prepareStatement(
        "UPDATE evm_transaction SET state = 'mined', mined_hash = ?, block_number = ?, block_hash = ?, outcome = ?,"
            + " reason = ?, gas_used = ?, created = ?, changed_at = ? WHERE id = ?")) {
      for (Mining mining : minings) {
        Receipt receipt = mining.receipt();
        update.setString(1, receipt.transaction().hex());
        update.setLong(2, receipt.blockNumber());
        update.setString(3, receipt.blockHash().hex());
        update.setString(4, mining.outcome().name());
        update.setString(5, mining.reason());
        update.setLong(6, receipt.gasUsed());
        update.setString(7, receipt.created().map(Address::hex).orElse(null));
        update.setLong(8, Row.micros(tx.now()));
        update.setLong(9, mining.row().id());
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  void fallen(Transaction tx, Row row, Optional<String> abandoned) throws SQLException {
    update(tx,
        "state = 'sent', mined_hash = NULL, block_number = NULL, block_hash = NULL, outcome = NULL, reason = NULL,"
            + " gas_used = NULL, created = NULL, sent_at = 0, abandoned = COALESCE(CAST(? AS TEXT), abandoned)",
        row.id(),
        abandoned.orElse(null));
  }

  void refused(Transaction tx, long id, String reason) throws SQLException {
    update(tx, "state = 'refused', reason = ?", id, reason);
  }

  void lost(Transaction tx, long id, String reason) throws SQLException {
    update(tx, "state = 'settled', outcome = 'LOST', reason = ?", id, reason);
  }

  void abandoned(Transaction tx, long id, String why) throws SQLException {
    update(tx, "abandoned = ?", id, why);
  }

  void touched(Transaction tx, Collection<Long> ids, Instant sentAt) throws SQLException {
    for (long id : ids) {
      update(tx, "sent_at = ?", id, Row.micros(sentAt));
    }
  }

  void plug(Transaction tx, long nonce) throws SQLException {
    long now = Row.micros(tx.now());
    try (PreparedStatement insert = tx.connection().prepareStatement(
        "INSERT INTO evm_transaction (chain, sender, request_key, purpose, receiver, value, data, gas_limit, late_fork, state,"
            + " nonce, abandoned, sent_at, recorded_at, changed_at)"
            + " VALUES (?, ?, ?, ?, ?, '0', ?, 21000, 'RESUBMIT', 'sent', ?, ?, 0, ?, ?)")) {
      insert.setLong(1, chain);
      insert.setString(2, sender);
      insert.setString(3, "nonce " + nonce + " " + now);
      insert.setString(4, Transactions.OWN_PURPOSE);
      insert.setString(5, sender);
      insert.setBytes(6, new byte[0]);
      insert.setLong(7, nonce);
      insert.setString(8, "fills the gap at nonce " + nonce);
      insert.setLong(9, now);
      insert.setLong(10, now);
      insert.executeUpdate();
    }
  }

  /** Confirms what is deep enough; the rows as they then are. */
  List<Row> confirm(Transaction tx, long certain, int limit) throws SQLException {
    List<Row> rows = list(tx, " AND t.state = 'mined' AND t.block_number <= ? ORDER BY t.block_number", limit, certain);
    try (PreparedStatement update = tx.connection().prepareStatement(
        "UPDATE evm_transaction SET state = 'confirmed', abandoned = CASE WHEN outcome = 'SUCCEEDED' THEN NULL ELSE abandoned"
            + " END, announced = CASE WHEN outcome = 'SUCCEEDED' THEN 1 ELSE announced END, changed_at = ? WHERE id = ?")) {
      for (Row row : rows) {
        update.setLong(1, Row.micros(tx.now()));
        update.setLong(2, row.id());
        update.addBatch();
      }
      update.executeBatch();
    }
    return rows;
  }

  void settle(Transaction tx, long below) throws SQLException {
    try (PreparedStatement update = tx.connection().prepareStatement(
        "UPDATE evm_transaction SET state = 'settled' WHERE chain = ? AND sender = ? AND state = 'confirmed'"
            + " AND block_number <= ?")) {
      update.setLong(1, chain);
      update.setString(2, sender);
      update.setLong(3, below);
      update.executeUpdate();
    }
  }

  /** All forms of these transactions, oldest first, and whether each cancels. */
  Map<Long, Map<Hash, Boolean>> forms(View view, Collection<Row> rows) throws SQLException {
    Map<Long, Map<Hash, Boolean>> forms = new LinkedHashMap<>();
    try (PreparedStatement query = view.connection().prepareStatement(
        "SELECT hash, cancels FROM evm_signed WHERE transaction_id = ? ORDER BY signed_at, hash")) {
      for (Row row : rows) {
        query.setLong(1, row.id());
        Map<Hash, Boolean> own = new LinkedHashMap<>();
        try (ResultSet result = query.executeQuery()) {
          while (result.next()) {
            own.put(new Hash(result.getString(1)), result.getLong(2) == 1);
          }
        }
        forms.put(row.id(), own);
      }
    }
    return forms;
  }

  Optional<String> raw(View view, Hash hash) throws SQLException {
    try (PreparedStatement query = view.connection().prepareStatement("SELECT raw FROM evm_signed WHERE hash = ?")) {
      query.setString(1, hash.hex());
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(Hex.of(row.getBytes(1))) : Optional.empty();
      }
    }
  }

  /** The head that was looked at last. */
  Optional<Map.Entry<Long, Hash>> head(View view) throws SQLException {
    try (PreparedStatement query = view.connection()
        .prepareStatement("SELECT number, hash FROM evm_head WHERE name = ?")) {
      query.setString(1, name());
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(Map.entry(row.getLong(1), new Hash(row.getString(2)))) : Optional.empty();
      }
    }
  }

  void head(Transaction tx, Block head) throws SQLException {
    try (PreparedStatement update = tx.connection().prepareStatement(
        "INSERT INTO evm_head (name, number, hash) VALUES (?, ?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET number = excluded.number, hash = excluded.hash")) {
      update.setString(1, name());
      update.setLong(2, head.number());
      update.setString(3, head.hash().hex());
      update.executeUpdate();
    }
  }

  String name() {
    return "account-" + chain + "-" + sender;
  }

  private static void update(Transaction tx, String assignments, long id, @Nullable Object... arguments)
      throws SQLException {
    try (PreparedStatement update = tx.connection().prepareStatement(
        "UPDATE evm_transaction SET " + assignments + ", changed_at = ? WHERE id = ?")) {
      int index = 1;
      for (Object argument : arguments) {
        update.setObject(index++, argument);
      }
      update.setLong(index++, Row.micros(tx.now()));
      update.setLong(index, id);
      update.executeUpdate();
    }
  }
}
