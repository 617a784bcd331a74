package dev.fairway.web;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Counts the silence of an HTTP/2 stream against its caller only while the caller is waited for: for more of its body, or to
 * take more of its answer. A handler that thinks is not silent, however long it does.
 *
 * <p>Jetty keeps the clock of a stream running while its handler thinks and resets the stream when it runs out for the second
 * time (jetty.project issue 15386). Under HTTP/1.1 it asks the handler first, and needs none of this.
 */
final class Silence implements HttpConfiguration.Customizer {
  private final Duration limit;

  /** @param limit how long a caller that is waited for may say nothing */
  Silence(Duration limit) {
    this.limit = limit;
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable headers) {
    if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection) {
      request.addHttpStreamWrapper(stream -> new Listening(stream, limit.toMillis()));
    }
    return request;
  }

  /** A stream whose clock runs while it waits for its caller. A call may read and write at the same time. */
  private static final class Listening extends HttpStream.Wrapper {
    private static final long FOR_EVER = 0;

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
      super.setIdleTimeout(reading || writing ? limit : FOR_EVER);
    }
  }
}
