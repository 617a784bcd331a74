package dev.fairway.exchange.simplex;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.PostResult;
import dev.fairway.exchange.channel.ChannelJson;
import dev.fairway.store.TemporaryStore;
import dev.fairway.testing.channel.ChannelContract;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SimplexChannelTest extends ChannelContract {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private SimplexEnds ends;

  @BeforeEach
  void start() throws Exception {
    ends = new SimplexEnds(this::store, AU, SG, NZ);
  }

  TemporaryStore store() {
    return TemporaryStore.embedded(Clock.systemUTC(), "exchange");
  }

  @AfterEach
  void stop() {
    ends.close();
  }

  @Override
  protected Channel open(Jurisdiction own) {
    return ends.channel(own);
  }

  private static Envelope envelope(String key) {
    return new Envelope(new Message(AU, SG, "subject", "a.b.c", "a.b.c"), Optional.of("ref-" + key), key);
  }

  /** Hands a message to SG's endpoint by hand. */
  private HttpResponse<String> hand(Jurisdiction sender, Jurisdiction receiver, SigningKey signedBy, String key,
      String sentInstead) throws Exception {
    byte[] body = ChannelJson.posting(
        new Envelope(new Message(sender, receiver, "subject", "a.b.c", "a.b.c"), Optional.empty(), key), true)
        .toString().getBytes(StandardCharsets.UTF_8);
    URI url = ends.url(SG).resolve("messages/incoming");
    HttpRequest.Builder request = HttpRequest.newBuilder(url).header("Content-Type", "application/json")
        .header("Idempotency-Key", key)
        .POST(sentInstead.isEmpty() ? BodyPublishers.ofByteArray(body) : BodyPublishers.ofString(sentInstead));
    RequestSignature.sign(
        new RequestSignature.Request("POST", url.getPath(), Map.of("idempotency-key", key), body),
        signedBy.publicText(), signedBy, Instant.now()).forEach(request::header);
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private int arrivedAtSingapore() {
    return ends.channel(SG).observe(SG, "", 100).messages().size();
  }

  @Test
  void nobodySpeaksInAnothersName() throws Exception {
    HttpResponse<String> forged = hand(AU, SG, ends.key(NZ), "k1", "");
    assertThat(forged.statusCode()).isEqualTo(403);
    assertThat(forged.body()).contains("signed by NZ and names AU as its sender");
    HttpResponse<String> stranger = hand(AU, SG, SigningKey.of(SigningKey.make()), "k1", "");
    assertThat(stranger.statusCode()).isEqualTo(403);
    assertThat(stranger.body()).contains("is not known here");
    HttpRequest unsigned = HttpRequest.newBuilder(ends.url(SG).resolve("messages/incoming"))
        .header("Content-Type", "application/json").header("Idempotency-Key", "k1")
        .POST(BodyPublishers.ofString(ChannelJson.posting(envelope("k1"), true).toString())).build();
    HttpResponse<String> nobody = HTTP.send(unsigned, BodyHandlers.ofString());
    assertThat(nobody.statusCode()).isEqualTo(403);
    assertThat(nobody.body()).contains("it is not signed");
    assertThat(arrivedAtSingapore()).isZero();
  }

  @Test
  void changedContentAndAnotherReceiverAreRefused() throws Exception {
    String changed = ChannelJson.posting(new Envelope(new Message(AU, SG, "changed", "a.b.c", "a.b.c"),
        Optional.empty(), "k1"), true).toString();
    HttpResponse<String> tampered = hand(AU, SG, ends.key(AU), "k1", changed);
    assertThat(tampered.statusCode()).isEqualTo(403);
    assertThat(tampered.body()).contains("Content-Digest");
    HttpResponse<String> elsewhere = hand(AU, NZ, ends.key(AU), "k1", "");
    assertThat(elsewhere.statusCode()).isEqualTo(400);
    assertThat(elsewhere.body()).contains("it is for NZ, this is SG");
    assertThat(arrivedAtSingapore()).isZero();
  }

  @Test
  void replayChangesNothingAndTheSameKeyWithOtherWordsIsAConflict() throws Exception {
    HttpResponse<String> first = hand(AU, SG, ends.key(AU), "k1", "");
    HttpResponse<String> replayed = hand(AU, SG, ends.key(AU), "k1", "");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(replayed.body()).isEqualTo(first.body());
    assertThat(arrivedAtSingapore()).isEqualTo(1);
    assertThat(ends.channel(AU).post(envelope("k1"))).isInstanceOf(PostResult.Accepted.class);
    Envelope other = new Envelope(new Message(AU, SG, "other", "a.b.c", "a.b.c"), Optional.empty(), "k1");
    SimplexChannel forgetful = ends.towards(AU, SG, ends.url(SG), ends.key(AU));
    assertThat(forgetful.post(other)).isInstanceOfSatisfying(PostResult.Refused.class,
        refused -> assertThat(refused.reason()).contains("409"));
    assertThat(arrivedAtSingapore()).isEqualTo(1);
  }

  @Test
  void peerThatFailsAfterItHasTakenAMessageGetsItOnce() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    HttpServer liar = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    liar.createContext("/", exchange -> {
      HttpRequest.Builder passed = HttpRequest
          .newBuilder(ends.url(SG).resolve(exchange.getRequestURI().getRawPath()))
          .POST(BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      for (String name : new String[]{"Content-Type", "Idempotency-Key", "Content-Digest", "Signature-Input",
          "Signature"}) {
        passed.header(name, exchange.getRequestHeaders().getFirst(name));
      }
      try {
        int status = HTTP.send(passed.build(), BodyHandlers.discarding()).statusCode();
        exchange.sendResponseHeaders(calls.incrementAndGet() == 1 ? 500 : status, -1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.close();
    });
    liar.start();
    try {
      SimplexChannel au = ends.towards(AU, SG,
          URI.create("http://127.0.0.1:" + liar.getAddress().getPort() + "/channels/direct/"), ends.key(AU));
      assertThat(au.post(envelope("k1"))).isInstanceOf(PostResult.Unknown.class);
      assertThat(au.findByKey("k1")).isEmpty();
      assertThat(au.post(envelope("k1"))).isInstanceOf(PostResult.Accepted.class);
      assertThat(au.findByKey("k1").orElseThrow().status()).isEqualTo(ChannelStatus.DELIVERED);
      assertThat(arrivedAtSingapore()).isEqualTo(1);
    } finally {
      liar.stop(0);
    }
  }

  @Test
  void peerThatIsAwayIsUnavailable() {
    SimplexChannel au = ends.towards(AU, SG, URI.create("http://127.0.0.1:1/channels/direct/"), ends.key(AU));
    assertThat(au.post(envelope("k1"))).isInstanceOf(PostResult.Unavailable.class);
  }
}
