package dev.fairway.evm.log;

import dev.fairway.evm.Finality;
import java.time.Duration;

/**
 * How logs are followed.
 *
 * @param finality when a log is confirmed
 * @param watch for how many blocks after that a fork is still looked for; a deeper one stops the follower. 1 to 10,000
 * @param poll how often the head is looked at
 * @param mostBlocks most blocks asked for at once, 1 to 100,000; halved while a provider refuses so many
 * @param chunk most logs written in one transaction, 1 to 10,000
 */
public record LogFollowerConfig(Finality finality, int watch, Duration poll, int mostBlocks, int chunk) {
  /** Twelve confirmations, forks looked for 256 blocks deep, a look each second. */
  public static final LogFollowerConfig DEFAULT = new LogFollowerConfig(Finality.USUAL, 256, Duration.ofSeconds(1),
      10_000,
      1_000);

  public LogFollowerConfig {
    if (watch < 1 || watch > 10_000) {
      throw new IllegalArgumentException("blocks watched for forks must be 1 to 10000, are " + watch);
    }
    if (mostBlocks < 1 || mostBlocks > 100_000) {
      throw new IllegalArgumentException("blocks asked for at once must be 1 to 100000, are " + mostBlocks);
    }
    if (chunk < 1 || chunk > 10_000) {
      throw new IllegalArgumentException("logs written at once must be 1 to 10000, are " + chunk);
    }
  }

  public LogFollowerConfig withFinality(Finality rule) {
    return new LogFollowerConfig(rule, watch, poll, mostBlocks, chunk);
  }

  public LogFollowerConfig withPoll(Duration interval) {
    return new LogFollowerConfig(finality, watch, interval, mostBlocks, chunk);
  }

  public LogFollowerConfig withWatch(int blocks) {
    return new LogFollowerConfig(finality, blocks, poll, mostBlocks, chunk);
  }

  public LogFollowerConfig withMostBlocks(int blocks) {
    return new LogFollowerConfig(finality, watch, poll, blocks, chunk);
  }

  public LogFollowerConfig withChunk(int logs) {
    return new LogFollowerConfig(finality, watch, poll, mostBlocks, logs);
  }
}
