package dev.fairway.web.outbound;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Utf8StringBuilder;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.OutgoingEntry;
import org.eclipse.jetty.websocket.core.exception.MessageTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that the outbound client opened, told and driven as the JDK's own are: its listener is called by one thread
 * at a time, and no oftener than was asked for. What it is given is its own; the stages it returns are not waited for.
 */
final class OutboundSocket implements WebSocket, FrameHandler {
  private final Listener listener;
  private final long limit;
  private final Utf8StringBuilder text = new Utf8StringBuilder();
  private final Object demand = new Object();
  private long wanted;
  private boolean demanded;
  /* Of the message that comes: bytes so far, and whether it is text. */
  private long taken;
  private boolean isText;
  private volatile boolean sending;
  private volatile boolean over;
  private volatile @Nullable CoreSession session;

  /** @param limit most bytes of a message that comes; a longer one ends the connection (RFC 6455, status 1009) */
  OutboundSocket(Listener listener, long limit) {
    this.listener = listener;
    this.limit = limit;
  }

  private CoreSession session() {
    CoreSession open = session;
    if (open == null) {
      throw new IllegalStateException("the connection is not open yet");
    }
    return open;
  }

  @Override
  public void onOpen(CoreSession opened, Callback callback) {
    session = opened;
    listener.onOpen(this);
    callback.succeeded();
  }

  @Override
  public void onFrame(Frame frame, Callback callback) {
    synchronized (demand) {
      demanded = false;
      wanted--;
    }
    try {
      take(frame);
      callback.succeeded();
    } catch (CharacterCodingException | RuntimeException e) {
      callback.failed(e);
      return;
    }
    demandIfWanted();
  }

  private void take(Frame frame) throws CharacterCodingException {
    ByteBuffer payload = frame.getPayload();
    switch (frame.getOpCode()) {
      case OpCode.TEXT, OpCode.BINARY -> {
        isText = frame.getOpCode() == OpCode.TEXT;
        taken = 0;
        data(payload, frame.isFin());
      }
      case OpCode.CONTINUATION -> data(payload, frame.isFin());
      case OpCode.PING -> {
        ByteBuffer told = BufferUtil.copy(payload);
        var _ = sendPong(told.duplicate());
        var _ = listener.onPing(this, told);
      }
      case OpCode.PONG -> {
        var _ = listener.onPong(this, BufferUtil.copy(payload));
      }
      default -> {
        // A close is told when the connection has ended.
      }
    }
  }

  private void data(ByteBuffer payload, boolean last) throws CharacterCodingException {
    taken += payload.remaining();
    if (taken > limit) {
      throw new MessageTooLargeException("a message has more than " + limit + " bytes");
    }
    if (!isText) {
      var _ = listener.onBinary(this, BufferUtil.copy(payload), last);
      return;
    }
    text.append(payload);
    String part = last
        ? text.takeCompleteString(CharacterCodingException::new)
        : text.takePartialString(CharacterCodingException::new);
    var _ = listener.onText(this, part, last);
  }

  @Override
  public void onError(Throwable cause, Callback callback) {
    if (!over) {
      over = true;
      listener.onError(this, cause);
    }
    callback.succeeded();
  }

  @Override
  public void onClosed(CloseStatus status, Callback callback) {
    if (!over) {
      over = true;
      var _ = listener.onClose(this, status.getCode(), status.getReason() == null ? "" : status.getReason());
    }
    callback.succeeded();
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      throw new IllegalArgumentException("n must be positive, is " + n);
    }
    synchronized (demand) {
      wanted += n;
    }
    demandIfWanted();
  }

  private void demandIfWanted() {
    synchronized (demand) {
      if (wanted <= 0 || demanded) {
        return;
      }
      demanded = true;
    }
    session().demand();
  }

  @Override
  public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
    return send(part(new Frame(sending ? OpCode.CONTINUATION : OpCode.TEXT, data.toString()), last));
  }

  @Override
  public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
    return send(part(new Frame(sending ? OpCode.CONTINUATION : OpCode.BINARY, data), last));
  }

  private Frame part(Frame frame, boolean last) {
    sending = !last;
    return frame.setFin(last);
  }

  @Override
  public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
    return send(new Frame(OpCode.PING, message));
  }

  @Override
  public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
    return send(new Frame(OpCode.PONG, message));
  }

  @Override
  public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
    return send(CloseStatus.toFrame(statusCode, reason));
  }

  private CompletableFuture<WebSocket> send(Frame frame) {
    CompletableFuture<WebSocket> sent = new CompletableFuture<>();
    session().sendFrame(
        new OutgoingEntry.Builder(frame, Callback.from(() -> sent.complete(this), sent::completeExceptionally))
            .build());
    return sent;
  }

  @Override
  public String getSubprotocol() {
    return "";
  }

  @Override
  public boolean isOutputClosed() {
    return over || !session().isOutputOpen();
  }

  @Override
  public boolean isInputClosed() {
    return over || !session().isInputOpen();
  }

  @Override
  public void abort() {
    over = true;
    session().abort();
  }
}
