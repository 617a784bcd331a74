package dev.fairway.evm.rpc;

import java.util.List;

/**
 * One call of a batch.
 *
 * @param params strings, numbers, booleans, lists and maps of them
 */
public record RpcRequest(String method, List<?> params) {
  public RpcRequest {
    params = List.copyOf(params);
  }

  public static RpcRequest of(String method, Object... params) {
    return new RpcRequest(method, List.of(params));
  }
}
