package dev.fairway.web.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.socket.PulledSocket;
import dev.fairway.core.socket.PulledSocket.Signal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class OutboundSocketTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int LIMIT = 100_000;

  private static SocketPeer peer;
  private static OutboundClient client;

  @BeforeAll
  static void start() throws Exception {
    peer = new SocketPeer(Optional.empty());
    client = new OutboundClient(OutboundConfig.defaults().withResponseLimit(LIMIT), EgressPolicy.trusting());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    peer.close();
  }

  @Test
  void textGoesOutAndComesBackAlsoInParts() throws Exception {
    try (PulledSocket inbox = new PulledSocket(LIMIT)) {
      WebSocket socket = open(client, peer.url(), inbox);
      socket.sendText("grüße", true).get(60, TimeUnit.SECONDS);
      assertThat(next(inbox)).isEqualTo(new Signal.Message("grüße"));
      socket.sendText("in ", false).get(60, TimeUnit.SECONDS);
      socket.sendText("parts", true).get(60, TimeUnit.SECONDS);
      assertThat(next(inbox)).isEqualTo(new Signal.Message("in parts"));
      socket.sendText(SocketPeer.LONG + LIMIT, true).get(60, TimeUnit.SECONDS);
      assertThat(next(inbox)).isEqualTo(new Signal.Message("x".repeat(LIMIT)));
    }
  }

  @Test
  void messageBeyondTheLimitEndsTheConnection() throws Exception {
    try (PulledSocket inbox = new PulledSocket(Integer.MAX_VALUE)) {
      open(client, peer.url(), inbox).sendText(SocketPeer.LONG + (LIMIT + 1), true).get(60, TimeUnit.SECONDS);
      assertThat(next(inbox)).isInstanceOfSatisfying(Signal.Failed.class,
          failed -> assertThat(failed.cause()).hasMessage("a message has more than " + LIMIT + " bytes"));
      assertThat(inbox.isOpen()).isFalse();
    }
  }

  @Test
  void messagesWaitForAReaderThatIsLateAndKeepTheirOrder() throws Exception {
    try (PulledSocket inbox = new PulledSocket(LIMIT)) {
      WebSocket socket = open(client, peer.url(), inbox);
      for (int n = 0; n < 20; n++) {
        socket.sendText("message " + n, true).get(60, TimeUnit.SECONDS);
      }
      for (int n = 0; n < 20; n++) {
        assertThat(next(inbox)).isEqualTo(new Signal.Message("message " + n));
      }
    }
  }

  @Test
  void nothingIsToldThatWasNotAskedFor() throws Exception {
    List<String> came = new CopyOnWriteArrayList<>();
    WebSocket socket = client.open(peer.url(), new WebSocket.Listener() {
      @Override
      public void onOpen(WebSocket opened) {
        // Asks for nothing yet.
      }

      @Override
      public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
        came.add(text.toString());
        return null;
      }
    }).get(60, TimeUnit.SECONDS);
    List<String> asked = new ArrayList<>();
    for (int n = 0; n < 20; n++) {
      socket.sendText("message " + n, true).get(60, TimeUnit.SECONDS);
    }
    for (int n = 0; n < 20; n++) {
      // One that is told too many stays told, so a later round sees it if this one is too early.
      assertThat(came).isEqualTo(asked);
      asked.add("message " + n);
      socket.request(1);
      Awaitility.await().atMost(SOON).until(() -> came.size() >= asked.size());
    }
    assertThat(came).isEqualTo(asked);
    socket.abort();
  }

  @Test
  void signsOfLifeAreAnsweredAndDisturbNothing() throws Exception {
    try (PulledSocket inbox = new PulledSocket(LIMIT)) {
      WebSocket socket = open(client, peer.url(), inbox);
      peer.pingAll();
      socket.sendPing(ByteBuffer.wrap(new byte[]{7})).get(60, TimeUnit.SECONDS);
      socket.sendText("after", true).get(60, TimeUnit.SECONDS);
      assertThat(next(inbox)).isEqualTo(new Signal.Message("after"));
    }
  }

  @Test
  void howItEndedIsToldAndToldAgain() throws Exception {
    try (PulledSocket inbox = new PulledSocket(LIMIT)) {
      open(client, peer.url(), inbox).sendText(SocketPeer.BYE, true).get(60, TimeUnit.SECONDS);
      assertThat(next(inbox)).isEqualTo(new Signal.Done(4000, "as asked"));
      assertThat(next(inbox)).isEqualTo(new Signal.Done(4000, "as asked"));
    }
    try (PulledSocket inbox = new PulledSocket(LIMIT)) {
      open(client, peer.url(), inbox).sendText(SocketPeer.BINARY, true).get(60, TimeUnit.SECONDS);
      assertThat(next(inbox)).isInstanceOf(Signal.Failed.class);
    }
  }

  @Test
  void connectionThatIsCutHasFailed() throws Exception {
    try (PulledSocket inbox = new PulledSocket(LIMIT)) {
      open(client, peer.url(), inbox).sendText("there", true).get(60, TimeUnit.SECONDS);
      next(inbox);
      peer.cut();
      assertThat(next(inbox)).isNotInstanceOf(Signal.Message.class);
      assertThat(inbox.isOpen()).isFalse();
    }
  }

  @Test
  void whoClosesItLeavesNothingOpenAtTheOtherSide() throws Exception {
    try (SocketPeer own = new SocketPeer(Optional.empty())) {
      try (PulledSocket inbox = new PulledSocket(LIMIT)) {
        open(client, own.url(), inbox);
        Awaitility.await().atMost(SOON).until(() -> own.open() == 1);
      }
      Awaitility.await().atMost(SOON).until(() -> own.open() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://example.com/", "wss:///x", "wss://user:pass@example.com/", "//example.com/x", "x"})
  void whatIsNoUrlOfAWebSocketIsRefused(String url) {
    assertRefused(client, URI.create(url));
  }

  @Test
  void guardedClientGoesNeitherInTheClearNorToAddressesThatAreNotPublic() {
    try (OutboundClient guarded = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.guarded())) {
      assertRefused(guarded, peer.url());
      assertRefused(guarded, URI.create("wss://127.0.0.1:" + peer.url().getPort() + "/socket"));
    }
    try (OutboundClient guarded = new OutboundClient(OutboundConfig.defaults(),
        new EgressPolicy(true, false, Set.of()))) {
      for (String host : List.of("localhost", "127.0.0.1", "127.1", "[::1]")) {
        assertRefused(guarded, peer.url(host));
      }
    }
  }

  @Test
  void guardedClientGoesToHostsThatAreTrusted() throws Exception {
    try (OutboundClient guarded = new OutboundClient(OutboundConfig.defaults(),
        EgressPolicy.guarded().withTrustedHosts(Set.of("localhost"))); PulledSocket inbox = new PulledSocket(LIMIT)) {
      open(guarded, peer.url("localhost"), inbox).sendText("trusted", true).get(60, TimeUnit.SECONDS);
      assertThat(next(inbox)).isEqualTo(new Signal.Message("trusted"));
      assertRefused(guarded, peer.url());
    }
  }

  @Test
  void answerThatIsNoUpgradeIsAFailureWithItsStatusAndRedirectsAreNotFollowed() {
    assertFails(client, peer.url().resolve("/moved"), "answered 302");
  }

  @Test
  void peerThatDoesNotAnswerRunsIntoTheTimeLimit() throws Exception {
    // Takes connections, as its backlog does, and says nothing.
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        OutboundClient hasty = new OutboundClient(
            OutboundConfig.defaults().withTimes(Duration.ofMillis(200), Duration.ofMillis(300)),
            EgressPolicy.trusting())) {
      assertFails(hasty, URI.create("ws://127.0.0.1:" + silent.getLocalPort() + "/"),
          "127.0.0.1:" + silent.getLocalPort() + " did not answer in full within the call's limit of 300 ms");
    }
  }

  private static WebSocket open(OutboundClient by, URI url, PulledSocket inbox) throws Exception {
    return by.open(url, inbox).get(60, TimeUnit.SECONDS);
  }

  private static Signal next(PulledSocket inbox) throws InterruptedException {
    long end = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < end) {
      Optional<Signal> signal = inbox.poll(SOON);
      if (signal.isPresent()) {
        return signal.get();
      }
    }
    throw new AssertionError("nothing came within " + SOON);
  }

  private static void assertRefused(OutboundClient by, URI url) {
    assertCannotOpen(by, url, ErrorCode.EGRESS_REFUSED, "");
  }

  private static void assertFails(OutboundClient by, URI url, String why) {
    assertCannotOpen(by, url, ErrorCode.PEER_FAILED, why);
  }

  private static void assertCannotOpen(OutboundClient by, URI url, ErrorCode code, String why) {
    assertThatThrownBy(() -> by.open(url, new PulledSocket(LIMIT)).get(60, TimeUnit.SECONDS)).as(url.toString())
        .isInstanceOf(ExecutionException.class).cause()
        .isInstanceOfSatisfying(FairwayException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(why);
  }
}
