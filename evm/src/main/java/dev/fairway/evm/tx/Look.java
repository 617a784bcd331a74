package dev.fairway.evm.tx;

import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.Block;
import dev.fairway.evm.sign.Fees;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The chain and our account on it, as one request found them.
 *
 * @param before the head as the turn before found it
 * @param count how many of the account's nonces the chain has used
 * @param pending the first nonce nobody has used, those that wait included
 * @param fees to offer now, within the limit
 * @param affordable whether that limit lets anything be mined
 * @param forked whether {@code before} is no longer part of the chain
 */
record Look(Block head, Optional<Map.Entry<Long, Hash>> before, long count, long pending, Fees fees,
    boolean affordable, boolean forked, Instant now) {
  boolean unchanged() {
    return before.map(Map.Entry::getValue).filter(head.hash()::equals).isPresent();
  }
}
