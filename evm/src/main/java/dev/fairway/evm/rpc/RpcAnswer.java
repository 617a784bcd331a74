package dev.fairway.evm.rpc;

import tools.jackson.databind.JsonNode;

/** What came back for one call of a batch. */
public sealed interface RpcAnswer {
  /** The result; a JSON null when the node knows no such thing. */
  record Result(JsonNode value) implements RpcAnswer {}

  /** An error in place of a result. */
  record Failed(RpcError error) implements RpcAnswer {}

  /** The result, for a caller who plans for no error. */
  default JsonNode orThrow(String method) {
    return switch (this) {
      case Result(var value) -> value;
      case Failed(var error) -> throw new RpcException(method, error);
    };
  }
}
