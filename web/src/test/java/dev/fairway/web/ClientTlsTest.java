package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.core.socket.PulledSocket;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import dev.fairway.web.outbound.SocketPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientTlsTest {
  private static final Door WHO = new Door("who", "/who", ErrorStyle.PROBLEM,
      List.of(Route.get("", "Names the caller").anyone().handle(call -> call.text(200, "text/plain",
          call.certificate().map(X509Certificate::getSubjectX500Principal).map(Object::toString).orElse("nobody")))));

  private final TestCertificates authority = new TestCertificates();
  @TempDir
  Path folder;

  private WebServer partner() throws Exception {
    Tls own = authority.issue("partner", folder);
    return WebServer.start(
        WebConfig.loopback().withTls(new Tls(own.certificate(), own.key(), Optional.of(authority.root(folder)))),
        new DevAuthenticator(), List.of(WHO));
  }

  private static OutboundResult ask(WebServer partner, Tls tls) throws Exception {
    try (ClientTls own = new ClientTls(tls);
        OutboundClient client = new OutboundClient(
            OutboundConfig.defaults().withTls(own.context()), EgressPolicy.trusting())) {
      return client.send(OutboundRequest.get(partner.baseUrl().resolve("/who")));
    }
  }

  @Test
  void partnerKnowsWhoCalls() throws Exception {
    Tls own = authority.issue("node", folder);
    try (WebServer partner = partner()) {
      assertThat(ask(partner, new Tls(own.certificate(), own.key(), Optional.of(authority.root(folder)))))
          .isInstanceOfSatisfying(OutboundResult.Answered.class,
              answer -> assertThat(answer.body().text()).isEqualTo("CN=node"));
    }
  }

  @Test
  void partnerOfAnotherAuthorityIsNotCalled() throws Exception {
    Tls own = authority.issue("node", folder);
    try (WebServer partner = partner()) {
      assertThat(ask(partner, own)).isInstanceOfSatisfying(OutboundResult.Failed.class,
          failed -> assertThat(failed.sent()).isFalse());
    }
  }

  @Test
  void webSocketShowsTheSameCertificateAndBelievesTheSameAuthority() throws Exception {
    Tls peers = authority.issue("peer", folder);
    Tls own = authority.issue("node", folder);
    Optional<Path> root = Optional.of(authority.root(folder));
    try (ClientTls peerTls = new ClientTls(new Tls(peers.certificate(), peers.key(), root));
        SocketPeer peer = new SocketPeer(Optional.of(peerTls.context()))) {
      assertThat(opens(peer, new Tls(own.certificate(), own.key(), root))).isTrue();
      assertThatThrownBy(() -> opens(peer, own)).hasMessageContaining("no TLS with the other side");
    }
  }

  private static boolean opens(SocketPeer peer, Tls tls) throws Exception {
    try (ClientTls own = new ClientTls(tls);
        OutboundClient client = new OutboundClient(
            OutboundConfig.defaults().withTls(own.context()), EgressPolicy.trusting());
        PulledSocket inbox = new PulledSocket(100)) {
      client.open(peer.url(), inbox).get(60, TimeUnit.SECONDS);
      return inbox.isOpen();
    }
  }

  @Test
  void certificateThatIsNoneIsNamed() throws Exception {
    Tls own = authority.issue("node", folder);
    Files.writeString(own.key(), "no key");
    assertThatThrownBy(() -> new ClientTls(own)).isInstanceOf(FairwayException.class)
        .hasMessageContaining("node.key");
  }
}
