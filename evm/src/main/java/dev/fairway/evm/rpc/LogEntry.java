package dev.fairway.evm.rpc;

import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An event a contract told. {@code (blockHash, index)} names it; after a fork the same transaction may tell it again in
 * another block.
 *
 * @param index its place among all logs of the block
 * @param data its unindexed arguments, ABI-encoded, as hex
 */
public record LogEntry(Address address, List<Hash> topics, String data, long blockNumber, Hash blockHash,
    Hash transaction,
    long transactionIndex, long index) {
  public LogEntry {
    topics = List.copyOf(topics);
  }

  /** Reads the protocol's form, which {@link #json} writes. */
  public static LogEntry of(JsonNode node) {
    List<Hash> topics = new ArrayList<>(4);
    for (JsonNode topic : node.path("topics")) {
      topics.add(new Hash(topic.asString()));
    }
    return new LogEntry(new Address(Answers.text(node, "address")), topics, Answers.text(node, "data"),
        Hex.toLong(Answers.text(node, "blockNumber")), new Hash(Answers.text(node, "blockHash")),
        new Hash(Answers.text(node, "transactionHash")), Hex.toLong(Answers.text(node, "transactionIndex")),
        Hex.toLong(Answers.text(node, "logIndex")));
  }

  /** As the protocol writes it. */
  public Map<String, Object> json() {
    return Map.of("address", address.hex(), "topics", topics.stream().map(Hash::hex).toList(), "data", data,
        "blockNumber",
        Hex.of(blockNumber), "blockHash", blockHash.hex(), "transactionHash", transaction.hex(), "transactionIndex",
        Hex.of(transactionIndex), "logIndex", Hex.of(index));
  }

  /** Whether its first topic is this event's. */
  public boolean isEvent(Hash topic) {
    return !topics.isEmpty() && topics.getFirst().equals(topic);
  }
}
