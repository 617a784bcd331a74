package dev.fairway.evm.rpc;

import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A block's head.
 *
 * @param baseFee in wei; empty on a chain without EIP-1559
 */
public record Block(long number, Hash hash, Hash parent, Instant time, Optional<BigInteger> baseFee, long gasLimit) {
  static Block of(JsonNode node) {
    return new Block(Hex.toLong(Answers.text(node, "number")), new Hash(Answers.text(node, "hash")),
        new Hash(Answers.text(node, "parentHash")), Instant.ofEpochSecond(Hex.toLong(Answers.text(node, "timestamp"))),
        Answers.optional(node, "baseFeePerGas").map(Hex::number), Hex.toLong(Answers.text(node, "gasLimit")));
  }
}
