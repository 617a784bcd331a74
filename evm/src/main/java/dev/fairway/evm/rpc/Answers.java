package dev.fairway.evm.rpc;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Reads a node's answers, and says so when one is not what the protocol promises. */
final class Answers {
  private Answers() {}

  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isString()) {
      throw new IllegalArgumentException(field + " is missing");
    }
    return value.stringValue();
  }

  static Optional<String> optional(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
  }

  /** Empty for a JSON null. */
  static <T> Optional<T> read(String method, JsonNode node, Function<JsonNode, T> reader) {
    if (node.isNull()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(node));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.PEER_LIED, "the Ethereum node's answer to " + method + " cannot be read: "
          + e.getMessage(), e);
    }
  }

  static <T> T need(String method, JsonNode node, Function<JsonNode, T> reader) {
    return read(method, node, reader).orElseThrow(
        () -> new FairwayException(ErrorCode.PEER_LIED, "the Ethereum node answered null to " + method));
  }
}
