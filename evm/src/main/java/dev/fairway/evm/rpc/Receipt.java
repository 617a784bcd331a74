package dev.fairway.evm.rpc;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * That a transaction was mined, and how it went.
 *
 * @param succeeded false when it reverted; it has cost gas and its nonce all the same
 * @param created the contract it made, for a deployment
 * @param gasPrice paid per gas, in wei
 */
public record Receipt(Hash transaction, long blockNumber, Hash blockHash, boolean succeeded, long gasUsed,
    BigInteger gasPrice, Optional<Address> created, List<LogEntry> logs) {
  public Receipt {
    logs = List.copyOf(logs);
  }

  /** Reads {@code eth_getTransactionReceipt}'s answer; empty for null: not mined, or not known. */
  public static Optional<Receipt> of(JsonNode node) {
    return Answers.read("eth_getTransactionReceipt", node, Receipt::parse);
  }

  private static Receipt parse(JsonNode node) {
    List<LogEntry> logs = new ArrayList<>();
    for (JsonNode log : node.path("logs")) {
      logs.add(LogEntry.of(log));
    }
    return new Receipt(new Hash(Answers.text(node, "transactionHash")), Hex.toLong(Answers.text(node, "blockNumber")),
        new Hash(Answers.text(node, "blockHash")), Answers.optional(node, "status").map(Hex::toLong).orElse(1L) == 1,
        Hex.toLong(Answers.text(node, "gasUsed")),
        Answers.optional(node, "effectiveGasPrice").map(Hex::number).orElse(BigInteger.ZERO),
        Answers.optional(node, "contractAddress").map(Address::new), logs);
  }
}
