package dev.fairway.web.outbound;

import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * What an outbound call may cost.
 *
 * @param connect most time until the other side takes the connection
 * @param silence most time without a byte in either direction on a connection that is open
 * @param total most time from the call to the last byte of the answer, when a request names none
 * @param responseLimit most bytes of an answer's body, when a request names no other number
 * @param perHost most connections to one host and port; further calls wait, within their total time
 * @param queuedPerHost most calls that wait for one host and port
 * @param tls keys and trust for mutual TLS; empty trusts what the platform trusts
 */
public record OutboundConfig(Duration connect, Duration silence, Duration total, long responseLimit, int perHost,
    int queuedPerHost,
    Optional<SSLContext> tls) {

  /** 3 s to connect, 60 s of silence, 10 s in all, 10 MiB, 32 connections a host. */
  public static OutboundConfig defaults() {
    return new OutboundConfig(Duration.ofSeconds(3), Duration.ofSeconds(60), Duration.ofSeconds(10), 10 << 20, 32,
        4_096,
        Optional.empty());
  }

  public OutboundConfig withTimes(Duration newConnect, Duration newTotal) {
    return new OutboundConfig(newConnect, silence, newTotal, responseLimit, perHost, queuedPerHost, tls);
  }

  public OutboundConfig withSilence(Duration limit) {
    return new OutboundConfig(connect, limit, total, responseLimit, perHost, queuedPerHost, tls);
  }

  public OutboundConfig withResponseLimit(long bytes) {
    return new OutboundConfig(connect, silence, total, bytes, perHost, queuedPerHost, tls);
  }

  public OutboundConfig withPerHost(int connections) {
    return new OutboundConfig(connect, silence, total, responseLimit, connections, queuedPerHost, tls);
  }

  public OutboundConfig withTls(SSLContext context) {
    return new OutboundConfig(connect, silence, total, responseLimit, perHost, queuedPerHost, Optional.of(context));
  }
}
