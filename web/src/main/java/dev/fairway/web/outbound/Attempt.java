package dev.fairway.web.outbound;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.eclipse.jetty.client.Request;

/** A call on its way: what time it has, whether it was sent, and what it means that it failed. Safe for many threads. */
final class Attempt {
  private final OutboundConfig config;
  private final String host;
  private final Duration total;
  private final long begun = System.nanoTime();
  private volatile boolean sent;

  Attempt(OutboundConfig config, URI url, Duration total) {
    this.config = config;
    this.host = url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
    this.total = total;
  }

  /** Gives the request its time, and notes when it goes out. */
  Request over(Request request) {
    return request.timeout(total.toMillis(), TimeUnit.MILLISECONDS).onRequestBegin(_ -> sent = true);
  }

  /** The call as a whole took too long. */
  OutboundResult late() {
    return timedOut(OutboundResult.Limit.TOTAL, total);
  }

  OutboundResult failed(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case JudgedAddresses.Refused e -> {
          return new OutboundResult.Refused(String.valueOf(e.getMessage()));
        }
        case UnknownHostException e -> {
          return new OutboundResult.Failed("no address for the name " + e.getMessage(), false);
        }
        case ConnectException e -> {
          return new OutboundResult.Failed("cannot connect: " + e.getMessage(), false);
        }
        // No request is read on a connection whose two sides have not agreed whom they believe.
        case SSLHandshakeException e -> {
          return new OutboundResult.Failed("no TLS with the other side: " + e.getMessage(), false);
        }
        case SocketTimeoutException _ -> {
          return timedOut(OutboundResult.Limit.CONNECT, config.connect());
        }
        // Told apart by the clock: the exceptions of the two differ in their text only.
        case TimeoutException _ -> {
          return System.nanoTime() - begun >= total.toNanos()
              ? late()
              : timedOut(OutboundResult.Limit.SILENCE, config.silence());
        }
        case UnresolvedAddressException _ -> {
          return new OutboundResult.Failed("no address for the name", false);
        }
        default -> {
          // Look deeper.
        }
      }
    }
    String text = failure.getMessage();
    return new OutboundResult.Failed(text == null ? failure.getClass().getSimpleName() : text, sent);
  }

  private OutboundResult timedOut(OutboundResult.Limit limit, Duration time) {
    return new OutboundResult.TimedOut(limit, host, time, sent);
  }
}
