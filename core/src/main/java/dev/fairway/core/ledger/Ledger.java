package dev.fairway.core.ledger;

import java.util.List;
import java.util.Set;

/**
 * A ledger, as the node is connected to it. Called outside any transaction of the store; calls block and have time-outs of
 * their own. Safe for many threads.
 *
 * <p>Unless a method says otherwise, it throws {@link dev.fairway.core.FairwayException} with {@code PEER_FAILED} when
 * the ledger cannot be asked, {@code UNAUTHENTICATED} or {@code FORBIDDEN} when it refuses who asks.
 */
public interface Ledger extends AutoCloseable {
  /** The ledger's own name for itself, the same for ever. */
  String id();

  /**
   * Reads what is, then what happens, with no gap and no overlap: a contract of the snapshot is not told again, and a
   * change after the snapshot is not missed. From an offset, exactly what follows it is told. A create and an archive in
   * one transaction are not told. An archive is told to everyone its contract was visible to.
   *
   * @throws dev.fairway.core.FairwayException with {@code INVALID} for {@link From.SnapshotAt} when the ledger does not
   * look back, and for an offset past the end
   */
  LedgerStream open(Query query, From from);

  /** Whether {@link From.SnapshotAt} works for offsets in the past. */
  boolean looksBack();

  /**
   * Hands a submission over and waits for what becomes of it. Within the deduplication period, a second one with the same
   * command id and the same {@link Submission#actAs} has no effect once the first was accepted. Never throws for what the
   * ledger did: that is a {@link SubmitResult}.
   */
  SubmitResult submit(Submission submission);

  /**
   * Looks up what became of a command id.
   *
   * @param actAs as in the submission
   * @param since an {@link #end} taken before the first attempt to send it
   */
  CommandOutcome outcome(String commandId, Set<Party> actAs, Offset since);

  /** The offset of the newest transaction. */
  Offset end();

  /** Parties the ledger tells us of. */
  List<Party> parties();

  /**
   * Makes a party.
   *
   * @param hint what its name should be or begin with; the same hint again gives a party of that name back or is refused
   * with {@code CONFLICT}
   */
  Party allocate(String hint);

  /** Packages the ledger knows, with their templates. May be slow the first time. */
  List<LedgerPackage> packages();

  /**
   * Gives the ledger a package, in the form it understands (a DAR for Daml ledgers). Giving it twice changes nothing.
   *
   * @throws dev.fairway.core.FairwayException with {@code INVALID} when it is not such an archive
   */
  void upload(byte[] archive);

  @Override
  void close();
}
