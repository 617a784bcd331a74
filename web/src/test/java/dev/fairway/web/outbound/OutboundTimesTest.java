package dev.fairway.web.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.web.outbound.OutboundResult.Limit;
import dev.fairway.web.outbound.OutboundResult.TimedOut;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call that ran out of time says which time that was, and whose. */
@Timeout(120)
class OutboundTimesTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(1);

  private static OutboundClient client(Duration connect, Duration silence, Duration total) {
    return new OutboundClient(OutboundConfig.defaults().withTimes(connect, total).withSilence(silence),
        EgressPolicy.trusting());
  }

  /** Takes connections into its backlog, and never looks at them. */
  private static ServerSocket silent() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static String host(ServerSocket peer) {
    return "127.0.0.1:" + peer.getLocalPort();
  }

  private static OutboundRequest to(String scheme, ServerSocket peer) {
    return OutboundRequest.get(URI.create(scheme + "://" + host(peer) + "/berths"));
  }

  @Test
  void aPeerThatTakesNoConnectionIsToldByTheTimeToConnect() throws Exception {
    try (ServerSocket peer = silent(); OutboundClient client = client(SHORT, LONG, LONG)) {
      List<SocketChannel> waiting = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.getLocalPort()));
        waiting.add(channel);
      }
      OutboundResult result = client.send(to("http", peer));
      assertThat(result).isEqualTo(new TimedOut(Limit.CONNECT, host(peer), SHORT, false));
      assertThat(result.describe()).isEqualTo(host(peer) + " did not take the connection within 300 ms");
      for (SocketChannel channel : waiting) {
        channel.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void aPeerThatSaysNothingIsToldByItsSilence(String scheme) throws Exception {
    try (ServerSocket peer = silent(); OutboundClient client = client(LONG, SHORT, LONG)) {
      String silence = host(peer) + " took the connection and then said nothing for 300 ms";
      assertThat(client.send(to(scheme, peer)).describe()).isEqualTo(silence);
      assertThat(client.stream(to(scheme, peer), (_, _) -> {}).describe()).isEqualTo(silence);
    }
  }

  @Test
  void aPeerThatStopsInTheMidstOfItsAnswerIsToldByItsSilence() throws Exception {
    try (ServerSocket peer = silent(); OutboundClient client = client(LONG, SHORT, LONG)) {
      Thread.startVirtualThread(() -> answerByHalf(peer));
      String silence = host(peer) + " took the connection and then said nothing for 300 ms";
      assertThat(client.send(to("http", peer)).describe()).isEqualTo(silence);
      assertThat(client.stream(to("http", peer), (_, body) -> body.readAllBytes()).describe()).isEqualTo(silence);
    }
  }

  private static void answerByHalf(ServerSocket peer) {
    try {
      while (!peer.isClosed()) {
        Socket taken = peer.accept();
        taken.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
            .getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void aPeerThatTakesTooLongInAllIsToldByTheCallsLimit(String scheme) throws Exception {
    try (ServerSocket peer = silent(); OutboundClient client = client(LONG, LONG, LONG)) {
      OutboundRequest hurried = to(scheme, peer).within(SHORT);
      String late = host(peer) + " did not answer in full within the call's limit of 300 ms";
      assertThat(client.send(hurried).describe()).isEqualTo(late);
      assertThat(client.stream(hurried, (_, _) -> {}).describe()).isEqualTo(late);
    }
  }
}
