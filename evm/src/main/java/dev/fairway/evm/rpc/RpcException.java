package dev.fairway.evm.rpc;

/** A node answered a single call with an error. That nobody answered is a {@code FairwayException} instead. */
public final class RpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient RpcError error;

  RpcException(String method, RpcError error) {
    super(method + ": " + error.message());
    this.error = error;
  }

  public RpcError error() {
    return error;
  }
}
