package dev.fairway.connectors.kafka;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Looks whether brokers that are to be spoken to in the clear speak TLS instead. The clients of Kafka do not look: they take
 * the alert with which such a port answers (RFC 8446, section 6) for the length of a response, 336 MiB, and ask for that much
 * memory, which a node with a small heap does not survive.
 */
final class ClearPort {
  /* Content type of a record (RFC 8446, section 5.1). As the first byte of a response's length it would mean 336 MiB or more. */
  private static final int ALERT = 21;
  private static final int SILENT = -1;
  /* ApiVersions in version 0, from a client without a name: every broker answers it, and to everybody. */
  private static final byte[] QUESTION = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, -1, -1};

  private ClearPort() {}

  /**
   * Asks the first of the servers that answers; when none does, the client tells so better.
   *
   * @throws FairwayException with {@code CONFIGURATION} when it speaks TLS
   */
  static void require(Broker broker, Duration connecting) {
    for (String server : broker.servers()) {
      int first = firstByte(server, connecting, broker.patience());
      if (first == ALERT) {
        throw new FairwayException(ErrorCode.CONFIGURATION,
            "cannot use Kafka " + broker + ": " + server + " speaks TLS; say tls: true");
      }
      if (first != SILENT) {
        return;
      }
    }
  }

  private static int firstByte(String server, Duration connecting, Duration patience) {
    int colon = server.lastIndexOf(':');
    // What a channel waits for ends when its thread is interrupted; what a plain socket waits for does not.
    try (SocketChannel channel = SocketChannel.open()) {
      Socket socket = channel.socket();
      socket.connect(
          new InetSocketAddress(server.substring(0, colon), Integer.parseInt(server.substring(colon + 1))),
          Broker.millis(connecting));
      socket.setSoTimeout(Broker.millis(patience));
      socket.getOutputStream().write(QUESTION);
      return socket.getInputStream().read();
    } catch (IOException | IllegalArgumentException e) {
      return SILENT;
    }
  }
}
