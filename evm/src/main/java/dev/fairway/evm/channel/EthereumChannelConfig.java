package dev.fairway.evm.channel;

import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.evm.Address;
import dev.fairway.evm.log.LogFollowerConfig;
import java.time.Duration;

/**
 * One end of an Ethereum channel.
 *
 * @param name the channel's name in this node; stable, for what was read is kept under it
 * @param own whose end this is
 * @param contract this end's contract
 * @param startBlock the block the contract was made in, or any before
 * @param reading how its events are read, and when they are certain
 * @param patience how long a post waits for its transaction to be signed
 */
public record EthereumChannelConfig(String name, Jurisdiction own, Address contract, long startBlock,
    LogFollowerConfig reading, Duration patience) {
  public EthereumChannelConfig {
    if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new IllegalArgumentException("a channel's name must be 1 to 100 of A-Z a-z 0-9 . _ -, is \"" + name + "\"");
    }
    if (startBlock < 0) {
      throw new IllegalArgumentException("the start block must not be negative, is " + startBlock);
    }
  }

  /** With twelve confirmations, read from the chain's beginning. */
  public static EthereumChannelConfig of(String name, Jurisdiction own, Address contract) {
    return new EthereumChannelConfig(name, own, contract, 0, LogFollowerConfig.DEFAULT, Duration.ofSeconds(15));
  }

  public EthereumChannelConfig from(long block) {
    return new EthereumChannelConfig(name, own, contract, block, reading, patience);
  }

  public EthereumChannelConfig reading(LogFollowerConfig how) {
    return new EthereumChannelConfig(name, own, contract, startBlock, how, patience);
  }
}
