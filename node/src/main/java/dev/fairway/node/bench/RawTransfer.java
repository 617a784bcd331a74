package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Large bodies over a bare socket, so that the client costs next to nothing. */
final class RawTransfer {
  private static final String BOUNDARY = "fairway-bench";

  private RawTransfer() {}

  /** Posts a form of texts and a file; all of the answer. */
  static String post(URI node, String path, String headers, Map<String, String> fields, String fileField, Path source)
      throws IOException {
    StringBuilder form = new StringBuilder();
    fields.forEach((name, value) -> form.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"")
        .append(name).append("\"\r\n\r\n").append(value).append("\r\n"));
    form.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"").append(fileField)
        .append("\"; filename=\"document\"\r\nContent-Type: application/octet-stream\r\n\r\n");
    byte[] head = form.toString().getBytes(StandardCharsets.UTF_8);
    byte[] tail = ("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    try (Socket socket = new Socket(node.getHost(), node.getPort()); FileChannel file = FileChannel.open(source)) {
      OutputStream out = socket.getOutputStream();
      out.write(("POST " + path + " HTTP/1.1\r\nHost: " + node.getAuthority() + "\r\n" + headers
          + "Content-Type: multipart/form-data; boundary=" + BOUNDARY + "\r\nConnection: close\r\nContent-Length: "
          + (head.length + file.size() + tail.length) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(head);
      ByteBuffer buffer = ByteBuffer.allocate(LargeFile.MEBIBYTE);
      while (file.read(buffer.clear()) >= 0) {
        out.write(buffer.array(), 0, buffer.position());
      }
      out.write(tail);
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Gets a body and throws it away; how many bytes came, with its head.
   *
   * @throws FairwayException with {@code PEER_FAILED} when it is refused, or shorter than expected
   */
  static long get(URI node, String path, String headers, long atLeast) throws IOException {
    try (Socket socket = new Socket(node.getHost(), node.getPort())) {
      socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: " + node.getAuthority() + "\r\n" + headers
          + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[LargeFile.MEBIBYTE];
      long total = 0;
      String first = "";
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        first = total == 0 ? new String(buffer, 0, Math.min(n, 300), StandardCharsets.ISO_8859_1) : first;
        total += n;
      }
      if (total < atLeast || !first.startsWith("HTTP/1.1 200")) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "the download ended after " + total + " bytes: " + first);
      }
      return total;
    }
  }
}
