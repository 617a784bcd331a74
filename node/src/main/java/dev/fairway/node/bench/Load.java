package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/**
 * Sends one request again and again over a number of kept-alive connections and times the answers. Plain sockets and
 * prepared bytes, so that on a small machine the load costs little beside what it measures.
 */
final class Load {
  /**
   * What was measured.
   *
   * @param perSecond answers a second
   */
  record Rate(double perSecond, Duration median, Duration p99) {
    @Override
    public String toString() {
      return "%,9.0f/s   median %.1f ms   p99 %.1f ms".formatted(perSecond, median.toNanos() / 1e6,
          p99.toNanos() / 1e6);
    }
  }

  private final URI target;
  private final byte[] request;
  private final int expected;

  /**
   * A load on one path.
   *
   * @param expected the status every answer must have
   */
  Load(URI target, String contentType, byte[] body, int expected) {
    this.target = target;
    this.expected = expected;
    byte[] head = ("POST " + target.getRawPath() + " HTTP/1.1\r\nHost: " + target.getAuthority() + "\r\nContent-Type: "
        + contentType + "\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
  }

  /** Runs for the time after a warm-up of the same kind. */
  Rate run(int connections, Duration warmUp, Duration time) throws InterruptedException {
    measure(connections, warmUp);
    return measure(connections, time);
  }

  private Rate measure(int connections, Duration time) throws InterruptedException {
    long start = System.nanoTime();
    long end = start + time.toNanos();
    Histogram all = new Histogram(3);
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Callable<Histogram>> tasks = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        tasks.add(() -> connection(end));
      }
      for (Future<Histogram> result : threads.invokeAll(tasks)) {
        all.add(result.get());
      }
    } catch (ExecutionException e) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the load on " + target + " broke off: " + e.getCause(), e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Rate(all.getTotalCount() / seconds, Duration.ofNanos(all.getValueAtPercentile(50)),
        Duration.ofNanos(all.getValueAtPercentile(99)));
  }

  private Histogram connection(long end) throws IOException {
    Histogram times = new Histogram(3);
    try (Socket socket = new Socket(InetAddress.getByName(target.getHost()), target.getPort())) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
      OutputStream out = socket.getOutputStream();
      long now = System.nanoTime();
      while (now < end) {
        out.write(request);
        readAnswer(in);
        long answered = System.nanoTime();
        times.recordValue(answered - now);
        now = answered;
      }
    }
    return times;
  }

  private void readAnswer(InputStream in) throws IOException {
    String line = readLine(in);
    if (line.length() < 12 || Integer.parseInt(line.substring(9, 12)) != expected) {
      throw new IOException("expected " + expected + ", got \"" + line + "\"");
    }
    long length = 0;
    boolean chunked = false;
    for (String header = readLine(in); !header.isEmpty(); header = readLine(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(header.substring(15).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = true;
      }
    }
    if (!chunked) {
      in.skipNBytes(length);
      return;
    }
    for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
      in.skipNBytes(size);
      readLine(in);
    }
    readLine(in);
  }

  private static int chunkSize(InputStream in) throws IOException {
    return Integer.parseInt(readLine(in).strip(), 16);
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
