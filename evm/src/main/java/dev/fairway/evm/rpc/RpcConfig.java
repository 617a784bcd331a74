package dev.fairway.evm.rpc;

import dev.fairway.core.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Which nodes to ask and how patiently.
 *
 * @param endpoints http or https addresses of nodes of one chain, in order of preference
 * @param chainId the chain they must be on (EIP-155); when not given, the first that answers decides
 * @param timeout for one request with its whole answer
 * @param coolDown how long an endpoint that failed is passed over
 * @param headers sent with each request, an API key say
 * @param maxResponseBytes most bytes of one answer
 * @param maxBatch most calls in one request, 1 to 1,000
 */
public record RpcConfig(List<URI> endpoints, OptionalLong chainId, Duration timeout, Duration coolDown,
    Map<String, Secret> headers, int maxResponseBytes, int maxBatch) {
  public RpcConfig {
    endpoints = List.copyOf(endpoints);
    headers = Map.copyOf(headers);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("at least one Ethereum endpoint is needed, http://127.0.0.1:8545 say");
    }
    for (URI endpoint : endpoints) {
      if (endpoint.getHost() == null || !List.of("http", "https").contains(endpoint.getScheme())) {
        throw new IllegalArgumentException("an Ethereum endpoint must be http:// or https:// and a host, is \""
            + endpoint.getScheme() + "://" + endpoint.getHost() + "\"");
      }
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("the time-out must be positive, is " + timeout);
    }
    if (maxBatch < 1 || maxBatch > 1_000) {
      throw new IllegalArgumentException("calls in a batch must be 1 to 1000, are " + maxBatch);
    }
  }

  /** One or more endpoints with the usual bounds: 10 s, 64 MiB, 100 calls in a batch. */
  public static RpcConfig of(URI... endpoints) {
    return new RpcConfig(List.of(endpoints), OptionalLong.empty(), Duration.ofSeconds(10), Duration.ofSeconds(5),
        Map.of(),
        64 << 20, 100);
  }

  public RpcConfig withChainId(long id) {
    return new RpcConfig(endpoints, OptionalLong.of(id), timeout, coolDown, headers, maxResponseBytes, maxBatch);
  }

  public RpcConfig withTimeout(Duration limit) {
    return new RpcConfig(endpoints, chainId, limit, coolDown, headers, maxResponseBytes, maxBatch);
  }

  public RpcConfig withCoolDown(Duration pause) {
    return new RpcConfig(endpoints, chainId, timeout, pause, headers, maxResponseBytes, maxBatch);
  }

  public RpcConfig withHeader(String name, Secret value) {
    var more = new java.util.HashMap<>(headers);
    more.put(name, value);
    return new RpcConfig(endpoints, chainId, timeout, coolDown, more, maxResponseBytes, maxBatch);
  }

  public RpcConfig withMaxBatch(int calls) {
    return new RpcConfig(endpoints, chainId, timeout, coolDown, headers, maxResponseBytes, calls);
  }
}
