package dev.fairway.testing.ledger;

import dev.fairway.core.ledger.CommandOutcome;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import java.util.List;
import java.util.Set;

/**
 * A ledger that hands every call on to another. What stands between a test and a ledger overrides the calls that it
 * bends. As safe for threads as the ledger behind it.
 */
public interface ForwardingLedger extends Ledger {
  /** The ledger behind this one. */
  Ledger to();

  @Override
  default String id() {
    return to().id();
  }

  @Override
  default LedgerStream open(Query query, From from) {
    return to().open(query, from);
  }

  @Override
  default boolean looksBack() {
    return to().looksBack();
  }

  @Override
  default SubmitResult submit(Submission submission) {
    return to().submit(submission);
  }

  @Override
  default CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since) {
    return to().outcome(commandId, actAs, since);
  }

  @Override
  default Offset end() {
    return to().end();
  }

  @Override
  default List<Party> parties() {
    return to().parties();
  }

  @Override
  default Party allocate(String hint) {
    return to().allocate(hint);
  }

  @Override
  default List<LedgerPackage> packages() {
    return to().packages();
  }

  @Override
  default void upload(byte[] archive) {
    to().upload(archive);
  }

  @Override
  default void close() {
    to().close();
  }
}
