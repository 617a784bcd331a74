package dev.fairway.web;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a caller who was answered before its whole body had come finish sending, so that it gets to read the answer.
 *
 * <p>Otherwise HTTP/1.1 callers meet a reset connection and HTTP/2 callers a cancelled stream, often before they have
 * read why they were refused. The answer goes out first; then what still comes is read and thrown away, at most
 * {@value #MAX_BYTES} bytes for {@value #SECONDS} seconds, and for so many callers at a time. Whoever sends more is cut
 * off, on HTTP/2 with the code that says the answer stands (RFC 9113, section 8.1; RFC 9112, section 9.6).
 */
final class Linger implements HttpConfiguration.Customizer {
  private static final Logger LOG = LoggerFactory.getLogger(Linger.class);
  private static final long MAX_BYTES = 64L << 20;
  private static final long SECONDS = 5;

  private final Semaphore places = new Semaphore(256);

  /** Sends what is left of the answer and reads what is left of the body. */
  void after(HttpServletRequest request, HttpServletResponse response) {
    if (request.getContentLengthLong() == 0 || !places.tryAcquire()) {
      return;
    }
    try {
      ServletInputStream body = request.getInputStream();
      if (!body.isFinished()) {
        response.getOutputStream().close();
        discard(body);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("caller gone before its whole body had come", e);
    } finally {
      places.release();
    }
  }

  /** Whether the caller holds its body back until it is asked for it, which nobody has done. */
  static boolean heldBack(HttpServletRequest request) {
    return "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
  }

  private static void discard(ServletInputStream body) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    byte[] buffer = new byte[64 << 10];
    long taken = 0;
    for (int n = body.read(buffer); n >= 0 && taken < MAX_BYTES
        && end - System.nanoTime() > 0; n = body.read(buffer)) {
      taken += n;
    }
  }

  /** Sees to it that an HTTP/2 stream whose request is not wanted any more ends without an error. */
  @Override
  public Request customize(Request request, HttpFields.Mutable headers) {
    if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection connection) {
      request.addHttpStreamWrapper(stream -> new Unhurried(stream, connection));
    }
    return request;
  }

  private static final class Unhurried extends HttpStream.Wrapper {
    private final HTTP2Connection connection;

    Unhurried(HttpStream stream, HTTP2Connection connection) {
      super(stream);
      this.connection = connection;
    }

    @Override
    public void succeeded() {
      dismiss();
      super.succeeded();
    }

    @Override
    public void failed(Throwable failure) {
      dismiss();
      super.failed(failure);
    }

    /** Once the whole answer is out, a request still coming is merely superfluous; Jetty would cancel the stream. */
    private void dismiss() {
      HTTP2Stream stream = connection.getSession().getStream(Integer.parseInt(getId()));
      if (stream != null && getTunnelSupport() == null && stream.isLocallyClosed() && !stream.isClosed()) {
        stream.reset(new ResetFrame(stream.getId(), ErrorCode.NO_ERROR.code), Callback.NOOP);
      }
    }
  }
}
