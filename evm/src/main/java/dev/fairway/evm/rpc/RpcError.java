package dev.fairway.evm.rpc;

import java.util.Optional;

/** What a node answered instead of a result. */
public sealed interface RpcError {
  /** For people: the node's own words, or the contract's. */
  String message();

  /**
   * The node refused or failed (JSON-RPC 2.0 section 5.1).
   *
   * @param data the answer's {@code data} as text, where there was one
   */
  record Refused(int code, String message, Optional<String> data) implements RpcError {
    /** Whether the node does not have this method. */
    public boolean unknownMethod() {
      return code == -32601 || message.contains("not supported") || message.contains("does not exist");
    }
  }

  /** The contract refused; asking again gives the same until its state changes. */
  record Reverted(RevertReason reason) implements RpcError {
    @Override
    public String message() {
      return reason.text();
    }
  }
}
