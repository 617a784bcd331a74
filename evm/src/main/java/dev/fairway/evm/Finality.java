package dev.fairway.evm;

import dev.fairway.evm.rpc.Block;
import dev.fairway.evm.rpc.EthereumRpc;
import java.util.Optional;

/** When a block counts as certain. */
public sealed interface Finality {
  /** The usual depth on a chain without finality of its own. */
  Finality USUAL = new Depth(12);

  /** The highest block that is certain while {@code head} is the newest; below zero when none is. */
  long certain(EthereumRpc rpc, Block head);

  /**
   * When so many blocks lie on top; 0 trusts every block at once.
   *
   * @param blocks 0 to 10,000
   */
  record Depth(int blocks) implements Finality {
    public Depth {
      if (blocks < 0 || blocks > 10_000) {
        throw new IllegalArgumentException("confirmations must be 0 to 10000, are " + blocks);
      }
    }

    @Override
    public long certain(EthereumRpc rpc, Block head) {
      return head.number() - blocks;
    }
  }

  /** When the chain itself says so (the {@code finalized} tag of proof-of-stake chains). */
  record Finalized() implements Finality {
    @Override
    public long certain(EthereumRpc rpc, Block head) {
      Optional<Block> finalized = rpc.block("finalized");
      return finalized.map(Block::number).orElse(-1L);
    }
  }
}
