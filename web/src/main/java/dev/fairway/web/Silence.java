package dev.fairway.web;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.IdleTimeout;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Counts silence against a caller only while the caller is waited for: for more of its body, or to take more of its answer. A
 * handler that thinks is not silent, however long it does.
 *
 * <p>Jetty keeps the clock running while a handler thinks. Under HTTP/2 it resets the stream when that runs out for the second
 * time (jetty.project issue 15386); under HTTP/1.1 it breaks off the write that happens to begin at that moment.
 */
final class Silence implements HttpConfiguration.Customizer {
  private static final long FOR_EVER = 0;

  private final long limit;

  /** @param limit how long a caller that is waited for may say nothing */
  Silence(Duration limit) {
    this.limit = limit.toMillis();
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable headers) {
    Connection connection = request.getConnectionMetaData().getConnection();
    request.addHttpStreamWrapper(connection instanceof HTTP2Connection
        ? stream -> new Listening(stream, limit)
        : stream -> new ListeningAlone(stream, limit, connection.getEndPoint()));
    return request;
  }

  /** A stream whose clock runs while it waits for its caller. A call may read and write at the same time. */
  private static class Listening extends HttpStream.Wrapper {
    private final long limit;
    private boolean reading;
    private boolean writing;

    Listening(HttpStream stream, long limit) {
      super(stream);
      this.limit = limit;
      super.setIdleTimeout(FOR_EVER);
    }

    @Override
    public void demand() {
      reading(true);
      super.demand();
    }

    @Override
    public Content.@Nullable Chunk read() {
      Content.Chunk chunk = super.read();
      if (chunk != null) {
        reading(false);
      }
      return chunk;
    }

    @Override
    public void send(MetaData.Request request, MetaData.@Nullable Response response, boolean last,
        @Nullable ByteBuffer content, Callback callback) {
      writing(true);
      super.send(request, response, last, content, Callback.from(() -> writing(false), callback));
    }

    private synchronized void reading(boolean now) {
      if (reading != now) {
        reading = now;
        turnClock();
      }
    }

    private synchronized void writing(boolean now) {
      if (writing != now) {
        writing = now;
        turnClock();
      }
    }

    private void turnClock() {
      if (reading || writing) {
        startClock();
      } else {
        super.setIdleTimeout(FOR_EVER);
      }
    }

    void startClock() {
      super.setIdleTimeout(limit);
    }
  }

  /** The one stream of its connection, whose clock is that of the connection: it counts on from the last byte, and for the next call. */
  private static final class ListeningAlone extends Listening {
    private final EndPoint socket;

    ListeningAlone(HttpStream stream, long limit, EndPoint endPoint) {
      super(stream, limit);
      this.socket = endPoint instanceof EndPoint.Wrapper encrypted ? encrypted.unwrap() : endPoint;
    }

    @Override
    void startClock() {
      if (socket instanceof IdleTimeout clock) {
        clock.notIdle();
      }
      super.startClock();
    }

    @Override
    public void succeeded() {
      startClock();
      super.succeeded();
    }

    @Override
    public void failed(Throwable cause) {
      startClock();
      super.failed(cause);
    }
  }
}
