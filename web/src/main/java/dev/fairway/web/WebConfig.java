package dev.fairway.web;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * How a listener listens, and what it bears.
 *
 * @param host the address or name to bind
 * @param port 0 picks a free one
 * @param publicUrl the base URL others reach it by; without one it follows from the listener
 * @param tls without it the listener speaks plain HTTP
 * @param maxConcurrent calls under way at a time, at all listeners of a node together, of which half are kept for them in equal
 *     shares; more are answered 503
 * @param maxHeaderBytes request line and headers together; more is answered 431
 * @param idle how long a caller may say nothing while it is waited for: for a call, more of a body, or to read on
 * @param minBodyRate least bytes a second a body must come with, measured over its whole length; slower is answered 408
 * @param callsPerSecond calls a second one caller may make, wherever it calls; 0 for no limit; more are answered 429
 * @param callBurst how many calls may come at once on top of that
 * @param drain how long a stop waits for calls under way, however silent they are
 */
public record WebConfig(String host, int port, Optional<URI> publicUrl, Optional<Tls> tls, int maxConcurrent,
    int maxHeaderBytes, Duration idle, long minBodyRate, int callsPerSecond, int callBurst, Duration drain) {

  public WebConfig {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be 0 to 65535, is " + port);
    }
    if (maxConcurrent < 1 || maxHeaderBytes < 1_024 || minBodyRate < 0 || callsPerSecond < 0) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }

  /** Loopback, a free port, the default limits. */
  public static WebConfig loopback() {
    return at("127.0.0.1", 0);
  }

  public static WebConfig at(String host, int port) {
    return new WebConfig(host, port, Optional.empty(), Optional.empty(), 2_000, 16 << 10, Duration.ofSeconds(30), 100,
        0, 100,
        Duration.ofSeconds(10));
  }

  public WebConfig withPublicUrl(URI url) {
    return new WebConfig(host, port, Optional.of(url), tls, maxConcurrent, maxHeaderBytes, idle, minBodyRate,
        callsPerSecond,
        callBurst, drain);
  }

  /** The same bounds and certificate at another address. */
  public WebConfig elsewhere(String otherHost, int otherPort, Optional<URI> url) {
    return new WebConfig(otherHost, otherPort, url, tls, maxConcurrent, maxHeaderBytes, idle, minBodyRate,
        callsPerSecond, callBurst, drain);
  }

  public WebConfig withTls(Tls files) {
    return new WebConfig(host, port, publicUrl, Optional.of(files), maxConcurrent, maxHeaderBytes, idle, minBodyRate,
        callsPerSecond, callBurst, drain);
  }

  public WebConfig withMaxConcurrent(int calls) {
    return new WebConfig(host, port, publicUrl, tls, calls, maxHeaderBytes, idle, minBodyRate, callsPerSecond,
        callBurst,
        drain);
  }

  /** @param bytesPerSecond 0 for any rate */
  public WebConfig withSlowBodies(Duration newIdle, long bytesPerSecond) {
    return new WebConfig(host, port, publicUrl, tls, maxConcurrent, maxHeaderBytes, newIdle, bytesPerSecond,
        callsPerSecond,
        callBurst, drain);
  }

  public WebConfig withRate(int perSecond, int burst) {
    return new WebConfig(host, port, publicUrl, tls, maxConcurrent, maxHeaderBytes, idle, minBodyRate, perSecond, burst,
        drain);
  }

  public WebConfig withDrain(Duration limit) {
    return new WebConfig(host, port, publicUrl, tls, maxConcurrent, maxHeaderBytes, idle, minBodyRate, callsPerSecond,
        callBurst, limit);
  }

  /** Whether only this machine can reach it. */
  public boolean onLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
