package dev.fairway.evm.channel;

import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.evm.Address;
import dev.fairway.evm.rpc.EthereumRpc;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Looks at a channel's contract as an operator would who wonders why nothing arrives. */
public final class ChannelExamination {
  private ChannelExamination() {}

  /**
   * What is wrong with an end of a channel, each with its mend; empty when messages can flow to and from everybody.
   *
   * @param own whose end it is meant to be
   * @param account whose key signs for it
   * @param participants everybody who is to take part, with or without {@code own}
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when the chain cannot be asked, or
   * {@code CONFIGURATION} when there is no contract or it is not a channel's
   */
  public static List<String> faults(EthereumRpc rpc, Address contract, Jurisdiction own, Address account,
      Collection<Jurisdiction> participants) {
    rpc.requireCode(contract);
    ChannelNode node = new ChannelNode(rpc, contract);
    List<String> faults = new ArrayList<>();
    Address owner = node.owner();
    if (!owner.equals(account)) {
      faults.add("contract " + contract + " belongs to " + owner + ", the key is that of " + account
          + "; give the owner's key, or the address of the contract that this account deployed");
    }
    if (node.carriesReferences() && !node.name().equals(own.code())) {
      faults.add("contract " + contract + " is the end of \"" + node.name() + "\", not of " + own);
    }
    for (Jurisdiction other : participants) {
      if (!other.equals(own)) {
        faultOf(node, rpc, own, other).ifPresent(faults::add);
      }
    }
    return faults;
  }

  private static Optional<String> faultOf(ChannelNode node, EthereumRpc rpc, Jurisdiction own, Jurisdiction other) {
    Optional<ChannelNode.Participant> registered = node.participant(other.code());
    if (registered.isEmpty()) {
      return Optional.of(other + " is not registered; ask for its account and run \"fairway channel participant add\"");
    }
    if (registered.get().contract().isEmpty()) {
      return Optional.of(other + " has not named its contract here; it does so with \"fairway channel pair\"");
    }
    Address theirs = registered.get().contract().get();
    Optional<ChannelNode.Participant> weThere = new ChannelNode(rpc, theirs).participant(own.code());
    boolean mutual = weThere.flatMap(ChannelNode.Participant::contract).filter(node.address()::equals).isPresent();
    return mutual
        ? Optional.empty()
        : Optional.of("our contract is not the one that " + other + "'s contract " + theirs
            + " knows for us; run \"fairway channel pair\"");
  }
}
