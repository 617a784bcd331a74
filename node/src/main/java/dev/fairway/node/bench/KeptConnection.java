package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One kept-alive HTTP/1.1 connection over a plain socket, so that on a small machine the load costs little beside what it
 * measures. Takes one request at a time; for one thread.
 */
final class KeptConnection implements Closeable {
  private final URI server;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  KeptConnection(URI server) throws IOException {
    this.server = server;
    socket = new Socket(InetAddress.getByName(server.getHost()), server.getPort());
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
    out = socket.getOutputStream();
  }

  /** The bytes of a POST, to be sent as often as one likes. */
  static byte[] post(URI target, String contentType, byte[] body) {
    byte[] head = ("POST " + target.getRawPath() + " HTTP/1.1\r\nHost: " + target.getAuthority() + "\r\nContent-Type: "
        + contentType + "\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    return request;
  }

  /**
   * Sends a request and answers the body of its answer.
   *
   * @throws FairwayException {@link ErrorCode#PEER_FAILED} when the answer has another status than the expected
   */
  byte[] send(byte[] request, int expected) throws IOException {
    Answer answer = send(request);
    if (answer.status() != expected) {
      throw new FairwayException(ErrorCode.PEER_FAILED,
          server + " was expected to answer " + expected + ", and answered " + answer.status());
    }
    return answer.body();
  }

  /** An answer, whatever it is. */
  @SuppressWarnings("ArrayRecordComponent") // the body is passed on, never compared
  record Answer(int status, byte[] body) {}

  /** Sends a request and answers what comes back. */
  Answer send(byte[] request) throws IOException {
    out.write(request);
    String line = readLine();
    if (line.length() < 12) {
      throw new FairwayException(ErrorCode.PEER_FAILED, server + " answered \"" + line + "\", which is not HTTP");
    }
    int status = Integer.parseInt(line.substring(9, 12));
    int length = 0;
    boolean chunked = false;
    for (String header = readLine(); !header.isEmpty(); header = readLine()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).strip());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = true;
      }
    }
    return new Answer(status, chunked ? readChunks() : in.readNBytes(length));
  }

  private byte[] readChunks() throws IOException {
    byte[] body = {};
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      byte[] longer = new byte[body.length + size];
      System.arraycopy(body, 0, longer, 0, body.length);
      if (in.readNBytes(longer, body.length, size) < size) {
        throw new EOFException(server + " closed the connection in the middle of an answer");
      }
      body = longer;
      readLine();
    }
    readLine();
    return body;
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(readLine().strip(), 16);
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException(server + " closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
