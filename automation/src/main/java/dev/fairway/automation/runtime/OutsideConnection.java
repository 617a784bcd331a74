package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.OutsideSocket;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import dev.fairway.core.socket.PulledSocket;
import dev.fairway.core.socket.PulledSocket.Signal;
import dev.fairway.web.outbound.OutboundClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A WebSocket that an integration opened, by the node's client and within its egress policy. */
final class OutsideConnection implements OutsideSocket {
  private static final int LONGEST = 1 << 20;
  private static final Duration SEND_LIMIT = Duration.ofSeconds(30);

  private final WebSocket socket;
  private final PulledSocket inbox;

  private OutsideConnection(WebSocket socket, PulledSocket inbox) {
    this.socket = socket;
    this.inbox = inbox;
  }

  static OutsideConnection open(OutboundClient client, URI url) throws IOException, InterruptedException {
    var inbox = new PulledSocket(LONGEST);
    CompletableFuture<WebSocket> opening = client.open(url, inbox);
    try {
      return new OutsideConnection(opening.get(), inbox);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FairwayException refused && refused.code() == ErrorCode.EGRESS_REFUSED) {
        throw refused;
      }
      throw new IOException(Why.inWords(e.getCause() == null ? e : e.getCause()), e);
    } catch (InterruptedException e) {
      // One that is there only now nobody would use or close.
      inbox.close();
      opening.cancel(true);
      throw e;
    }
  }

  @Override
  public boolean isOpen() {
    return inbox.isOpen();
  }

  @Override
  public void send(String text) throws IOException, InterruptedException {
    try {
      socket.sendText(text, true).get(SEND_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IOException("cannot send: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new IOException("cannot send within " + SEND_LIMIT, e);
    }
  }

  @Override
  public Optional<String> receive(Duration wait) throws IOException, InterruptedException {
    Optional<Signal> signal = inbox.poll(wait);
    if (signal.isEmpty()) {
      return Optional.empty();
    }
    return switch (signal.get()) {
      case Signal.Message(String text) -> Optional.of(text);
      case Signal.Failed(Throwable cause) ->
        throw new IOException("the connection broke: " + Why.inWords(cause), cause);
      case Signal.Done(int code, String reason) ->
        throw new IOException("the other side closed the connection: " + code + " " + reason);
    };
  }

  @Override
  public void close() {
    inbox.close();
  }
}
