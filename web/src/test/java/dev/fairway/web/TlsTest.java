package dev.fairway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.pem.util.PemUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final Door WHO = new Door("who", "/who", ErrorStyle.PROBLEM,
      List.of(Route.get("", "Names the caller").anyone().handle(call -> call.text(200, "text/plain",
          call.certificate().map(X509Certificate::getSubjectX500Principal).map(Object::toString).orElse("nobody")))));

  private final TestCertificates authority = new TestCertificates();
  @TempDir
  Path folder;

  private WebServer serve(Tls tls) {
    return WebServer.start(WebConfig.loopback().withTls(tls), new DevAuthenticator(), List.of(WHO));
  }

  private HttpResponse<String> ask(URI base, Optional<Tls> own, HttpClient.Version version) throws Exception {
    SSLFactory.Builder trust = SSLFactory.builder()
        .withTrustMaterial(PemUtils.loadTrustMaterial(authority.root(folder)));
    own.ifPresent(tls -> trust.withIdentityMaterial(PemUtils.loadIdentityMaterial(tls.certificate(), tls.key())));
    try (HttpClient client = HttpClient.newBuilder().sslContext(trust.build().getSslContext()).version(version)
        .build()) {
      return client.send(HttpRequest.newBuilder(base.resolve("/who")).build(), BodyHandlers.ofString());
    }
  }

  @Test
  void bothVersionsOfHttpAreServedAndTheAddressSaysSo() throws Exception {
    try (WebServer server = serve(authority.issue("node", folder))) {
      assertThat(server.baseUrl().toString()).startsWith("https://127.0.0.1:");
      for (HttpClient.Version version : List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
        HttpResponse<String> answer = ask(server.baseUrl(), Optional.empty(), version);
        assertThat(answer.body()).isEqualTo("nobody");
        assertThat(answer.version()).isEqualTo(version);
      }
    }
  }

  @Test
  void aCallerIsKnownByACertificateOfTheAuthorityOnly() throws Exception {
    Tls own = authority.issue("node", folder);
    Tls asking = new Tls(own.certificate(), own.key(), Optional.of(authority.root(folder)));
    try (WebServer server = serve(asking)) {
      URI base = server.baseUrl();
      assertThat(ask(base, Optional.of(authority.issue("partner", folder)), HttpClient.Version.HTTP_1_1).body())
          .isEqualTo("CN=partner");
      assertThat(ask(base, Optional.empty(), HttpClient.Version.HTTP_1_1).body()).isEqualTo("nobody");
      Tls strange = new TestCertificates().issue("stranger", folder);
      assertThatThrownBy(() -> ask(base, Optional.of(strange), HttpClient.Version.HTTP_1_1))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aRenewedCertificateNeedsNoRestart() throws Exception {
    Tls tls = authority.issue("node", folder);
    TlsFiles files = new TlsFiles(tls);
    assertThat(shown(files)).isEqualTo("CN=node");
    Tls renewed = authority.issue("renewed", folder);
    replace(renewed.certificate(), tls.certificate());
    replace(renewed.key(), tls.key());
    files.refresh();
    assertThat(shown(files)).isEqualTo("CN=renewed");
    Files.writeString(tls.certificate(), "half a file");
    Files.setLastModifiedTime(tls.certificate(), FileTime.from(Instant.now().plusSeconds(10)));
    files.refresh();
    assertThat(shown(files)).isEqualTo("CN=renewed");
  }

  private static void replace(Path with, Path file) throws IOException {
    Files.move(with, file, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
  }

  private static String shown(TlsFiles files) throws Exception {
    SSLContext trusting = SSLFactory.builder().withUnsafeTrustMaterial().build().getSslContext();
    SSLContext offering = files.jetty().getSslContext();
    try (SSLServerSocket server = (SSLServerSocket) offering.getServerSocketFactory().createServerSocket(0);
        SSLSocket client = (SSLSocket) trusting.getSocketFactory().createSocket()) {
      CompletableFuture<Void> accepted = CompletableFuture.runAsync(() -> {
        try (SSLSocket socket = (SSLSocket) server.accept()) {
          socket.startHandshake();
          socket.getInputStream().read();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      client.connect(server.getLocalSocketAddress());
      client.startHandshake();
      String subject = ((X509Certificate) client.getSession().getPeerCertificates()[0]).getSubjectX500Principal()
          .toString();
      client.getOutputStream().write(1);
      accepted.join();
      return subject;
    }
  }

  @Test
  void filesThatCannotBeUsedAreNamed() throws Exception {
    Tls tls = authority.issue("node", folder);
    Path junk = Files.writeString(folder.resolve("junk.key"), "not a key");
    assertThatThrownBy(() -> serve(new Tls(tls.certificate(), junk, Optional.empty())))
        .isInstanceOf(FairwayException.class).hasMessageContaining("junk.key").hasMessageContaining("PEM");
    assertThatThrownBy(() -> serve(new Tls(folder.resolve("missing.crt"), tls.key(), Optional.empty())))
        .isInstanceOf(FairwayException.class).hasMessageContaining("missing.crt");
  }
}
