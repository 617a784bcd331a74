package dev.fairway.evm.channel;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.evm.Address;
import dev.fairway.evm.tx.TransactionRequest;
import dev.fairway.evm.tx.TransactionState;
import dev.fairway.evm.tx.Transactions;
import java.time.Duration;
import java.util.List;

/**
 * What an administrator does to a channel's contract. Each act is a recorded transaction, waited for until it is certain;
 * done twice it has one effect.
 *
 * <p>Two ends are paired when each has deployed its contract, added the other's account, and named its own contract at the
 * other's.
 */
public final class ChannelAdministration {
  private static final String PURPOSE = "channel.admin";

  private final Transactions transactions;
  private final Duration limit;

  /** @param limit how long to wait for each transaction to be certain */
  public ChannelAdministration(Transactions transactions, Duration limit) {
    this.transactions = transactions;
    this.limit = limit;
  }

  /** Deploys an end that speaks as {@code own} with the others, and returns where it is. */
  public Address deploy(String key, Jurisdiction own, List<Jurisdiction> others) throws InterruptedException {
    String code = ChannelNode.creationCode(others.stream().map(Jurisdiction::code).toList());
    TransactionState.Confirmed deployed = done("deploy the contract",
        TransactionRequest.deploy(key + ".deploy", PURPOSE, code));
    Address contract = deployed.created()
        .orElseThrow(() -> new IllegalStateException("a deployment made no contract: " + deployed));
    done("name the contract",
        TransactionRequest.call(key + ".name", PURPOSE, contract, ChannelNode.setName(own.code())));
    return contract;
  }

  /** Says whose account speaks for a participant. Only the contract's owner can. */
  public void addParticipant(Address contract, Jurisdiction participant, Address account) throws InterruptedException {
    done("add " + participant, TransactionRequest.call("add " + contract + participant + account, PURPOSE, contract,
        ChannelNode.addParticipant(participant.code(), account)));
  }

  /** Names a participant's own contract at another's. Only that participant's account can. */
  public void updateParticipantContractAddress(Address at, Jurisdiction participant, Address contract)
      throws InterruptedException {
    done("name " + participant + "'s contract",
        TransactionRequest.call("set " + at + participant + contract, PURPOSE, at,
            ChannelNode.updateParticipantContractAddress(participant.code(), contract)));
  }

  /** No longer takes anything from a participant, nor sends it anything. Only the contract's owner can. */
  public void removeParticipant(String key, Address contract, Jurisdiction participant) throws InterruptedException {
    done("remove " + participant,
        TransactionRequest.call(key, PURPOSE, contract, ChannelNode.removeParticipant(participant.code())));
  }

  /** Stops or resumes all traffic of an end. Only the contract's owner can. */
  public void pause(String key, Address contract, boolean paused) throws InterruptedException {
    done(paused ? "pause" : "resume", TransactionRequest.call(key, PURPOSE, contract, ChannelNode.setPaused(paused)));
  }

  private TransactionState.Confirmed done(String what, TransactionRequest request) throws InterruptedException {
    TransactionState state = transactions.await(transactions.submit(request), limit);
    return switch (state) {
      case TransactionState.Confirmed confirmed -> confirmed;
      case TransactionState.Refused(var reason) -> throw refusal(what, reason);
      case TransactionState.Reverted(var _, var _, var reason) -> throw refusal(what, reason);
      case TransactionState.Cancelled(var why) -> throw refusal(what, why);
      case TransactionState.Lost(var why) -> throw refusal(what, why);
      case TransactionState.Recorded _,TransactionState.Sent _,TransactionState.Mined _ -> throw new FairwayException(
          ErrorCode.PEER_FAILED, "cannot " + what + " yet: after " + limit + " the transaction is still " + state
              + transactions.trouble().map(trouble -> " (" + trouble + ")").orElse("")
              + "; ask again to go on waiting");
    };
  }

  private static FairwayException refusal(String what, String why) {
    return new FairwayException(ErrorCode.CONFLICT, "cannot " + what + ": " + why);
  }
}
