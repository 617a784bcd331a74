package dev.fairway.evm.tx;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.sign.Fees;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A transaction as its table holds it.
 *
 * @param gasLimit 0 until it is estimated
 * @param nonce below zero until it has one
 * @param cancels whether its newest form only uses up the nonce
 * @param announced whether it was said to be confirmed
 */
record Row(long id, String key, String purpose, Optional<Address> receiver, BigInteger value, String data,
    long gasLimit,
    boolean revokes, String state, long nonce, Optional<Hash> hash, Optional<Fees> fees, long sentAt, int replacements,
    Optional<String> abandoned, Optional<Hash> minedHash, long block, Optional<Hash> blockHash,
    Optional<Outcome> outcome,
    String reason, long gasUsed, Optional<Address> created, boolean cancels, boolean announced, Instant recordedAt,
    Instant changedAt) {
  static final String RECORDED = "recorded";
  static final String SENT = "sent";
  static final String MINED = "mined";
  static final String CONFIRMED = "confirmed";
  static final String SETTLED = "settled";
  static final String REFUSED = "refused";

  static final String COLUMNS = "t.id, t.request_key, t.purpose, t.receiver, t.value, t.data, t.gas_limit, t.late_fork,"
      + " t.state, t.nonce, t.hash, t.tip, t.fee_ceiling, t.sent_at, t.replacements, t.abandoned, t.mined_hash,"
      + " t.block_number, t.block_hash, t.outcome, t.reason, t.gas_used, t.created, t.announced, t.recorded_at,"
      + " t.changed_at, (SELECT s.cancels FROM evm_signed s WHERE s.hash = t.hash) AS cancels";

  /** How a mined or refused transaction went. */
  enum Outcome {
    SUCCEEDED, REVERTED, CANCELLED, LOST
  }

  static Row of(ResultSet row) throws SQLException {
    return new Row(row.getLong("id"), row.getString("request_key"), row.getString("purpose"),
        text(row, "receiver").map(Address::new), new BigInteger(row.getString("value")), Hex.of(row.getBytes("data")),
        row.getLong("gas_limit"), row.getString("late_fork").equals(TransactionRequest.LateFork.REVOKE.name()),
        row.getString("state"), text(row, "nonce").map(Long::parseLong).orElse(-1L), text(row, "hash").map(Hash::new),
        fees(row), row.getLong("sent_at"), row.getInt("replacements"), text(row, "abandoned"),
        text(row, "mined_hash").map(Hash::new), row.getLong("block_number"), text(row, "block_hash").map(Hash::new),
        text(row, "outcome").map(Outcome::valueOf), text(row, "reason").orElse(""), row.getLong("gas_used"),
        text(row, "created").map(Address::new), row.getLong("cancels") == 1, row.getLong("announced") == 1,
        instant(row.getLong("recorded_at")), instant(row.getLong("changed_at")));
  }

  private static Optional<Fees> fees(ResultSet row) throws SQLException {
    Optional<BigInteger> ceiling = text(row, "fee_ceiling").map(BigInteger::new);
    Optional<BigInteger> tip = text(row, "tip").map(BigInteger::new);
    return ceiling.map(most -> tip.<Fees>map(priority -> new Fees.Dynamic(priority, most))
        .orElseGet(() -> new Fees.Legacy(most)));
  }

  private static Optional<String> text(ResultSet row, String column) throws SQLException {
    @Nullable
    String value = row.getString(column);
    return Optional.ofNullable(value);
  }

  static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
  }

  TransactionState toState() {
    return switch (state) {
      case RECORDED -> new TransactionState.Recorded();
      case SENT -> new TransactionState.Sent(hash.orElseThrow(), nonce, replacements);
      case MINED ->
        new TransactionState.Mined(minedHash.orElseThrow(), block, outcome.orElseThrow() == Outcome.SUCCEEDED);
      case REFUSED -> new TransactionState.Refused(reason);
      case CONFIRMED, SETTLED -> switch (outcome.orElseThrow()) {
        case SUCCEEDED -> new TransactionState.Confirmed(minedHash.orElseThrow(), block, gasUsed, created);
        case REVERTED -> new TransactionState.Reverted(minedHash.orElseThrow(), block, reason);
        case CANCELLED -> new TransactionState.Cancelled(reason);
        case LOST -> new TransactionState.Lost(reason);
      };
      default -> throw new IllegalStateException("transaction " + id + " has state " + state);
    };
  }
}
