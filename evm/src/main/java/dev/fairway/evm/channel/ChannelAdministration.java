package dev.fairway.evm.channel;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.evm.Address;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.tx.TransactionRequest;
import dev.fairway.evm.tx.TransactionState;
import dev.fairway.evm.tx.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What an administrator does to a channel's contract. Each act is a recorded transaction, waited for until it is certain;
 * done twice it has one effect.
 *
 * <p>Two ends are paired when each has deployed its contract, added the other's account, and named its own contract at the
 * other's.
 */
public final class ChannelAdministration {
  private static final String PURPOSE = "channel.admin";

  private final EthereumRpc rpc;
  private final Transactions transactions;
  private final Duration limit;

  /** @param limit how long to wait for each transaction to be certain */
  public ChannelAdministration(EthereumRpc rpc, Transactions transactions, Duration limit) {
    this.rpc = rpc;
    this.transactions = transactions;
    this.limit = limit;
  }

  /**
   * A contract that was made.
   *
   * @param owner whose key speaks for it
   * @param block the block it was made in
   */
  public record Deployed(Address contract, Address owner, long block) {}

  /** Deploys an end that speaks as {@code own} with the others. */
  public Deployed deploy(String key, Jurisdiction own, List<Jurisdiction> others) throws InterruptedException {
    String code = ChannelNode.creationCode(others.stream().map(Jurisdiction::code).toList());
    TransactionState.Confirmed deployed = done("deploy the contract",
        TransactionRequest.deploy(key + ".deploy", PURPOSE, code));
    Address contract = deployed.created()
        .orElseThrow(() -> new IllegalStateException("a deployment made no contract: " + deployed));
    done("name the contract",
        TransactionRequest.call(key + ".name", PURPOSE, contract, ChannelNode.setName(own.code())));
    return new Deployed(contract, transactions.account(), deployed.block());
  }

  /**
   * Says whose account speaks for a participant; one that has spoken by another account must name its contract again. Only
   * the contract's owner can.
   */
  public void addParticipant(Address contract, Jurisdiction participant, Address account) throws InterruptedException {
    if (registered(contract, participant).filter(known -> known.account().equals(account)).isEmpty()) {
      done("add " + participant,
          TransactionRequest.call("add " + participant + " " + UUID.randomUUID(), PURPOSE, contract,
              ChannelNode.addParticipant(participant.code(), account)));
    }
  }

  /** Names a participant's own contract at another's. Only that participant's account can. */
  public void updateParticipantContractAddress(Address at, Jurisdiction participant, Address contract)
      throws InterruptedException {
    if (registered(at, participant).flatMap(ChannelNode.Participant::contract).filter(contract::equals).isEmpty()) {
      done("name " + participant + "'s contract",
          TransactionRequest.call("name " + participant + " " + UUID.randomUUID(), PURPOSE, at,
              ChannelNode.updateParticipantContractAddress(participant.code(), contract)));
    }
  }

  private Optional<ChannelNode.Participant> registered(Address contract, Jurisdiction participant) {
    rpc.requireCode(contract);
    return new ChannelNode(rpc, contract).participant(participant.code());
  }

  /** No longer takes anything from a participant, nor sends it anything. Only the contract's owner can. */
  public void removeParticipant(Address contract, Jurisdiction participant) throws InterruptedException {
    done("remove " + participant,
        TransactionRequest.call("remove " + participant + " " + UUID.randomUUID(), PURPOSE, contract,
            ChannelNode.removeParticipant(participant.code())));
  }

  /** Stops or resumes all traffic of an end. Only the contract's owner can. */
  public void pause(Address contract, boolean paused) throws InterruptedException {
    String act = paused ? "pause" : "resume";
    done(act, TransactionRequest.call(act + " " + UUID.randomUUID(), PURPOSE, contract, ChannelNode.setPaused(paused)));
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
