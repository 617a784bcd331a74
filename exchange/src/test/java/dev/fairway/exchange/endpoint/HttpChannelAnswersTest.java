package dev.fairway.exchange.endpoint;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.PostResult;
import dev.fairway.exchange.channel.HttpChannel;
import dev.fairway.exchange.channel.HttpChannelConfig;
import dev.fairway.web.Call;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Route;
import dev.fairway.web.WebConfig;
import dev.fairway.web.WebServer;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How answers of endpoints are judged, on an endpoint that says whatever a test tells it to. */
class HttpChannelAnswersTest {
  private static final Envelope ENVELOPE = new Envelope(
      new Message(new Jurisdiction("AU"), new Jurisdiction("SG"), "subject", "a.b.c", "d.e.f"), Optional.of("r1"),
      "AU:r1");

  /** What the endpoint does. */
  private interface Says {
    void to(Call call) throws Exception;
  }

  private final AtomicReference<Says> says = new AtomicReference<>(call -> call.empty(404));
  private final AtomicReference<String> posted = new AtomicReference<>("");
  private final OutboundClient client = new OutboundClient(
      OutboundConfig.defaults().withTimes(Duration.ofSeconds(2), Duration.ofSeconds(1)), EgressPolicy.trusting());
  private final WebServer server = WebServer.start(WebConfig.loopback(), new DevAuthenticator(),
      List.of(new Door("endpoint", "/endpoint", ErrorStyle.LEGACY,
          List.of(Route.post("/messages", "Takes a message").anyone().handle(call -> {
            posted.set(call.header("Idempotency-Key").orElse("") + " " + call.json());
            says.get().to(call);
          }), Route.get("/messages/{id}", "Shows one").anyone().handle(call -> says.get().to(call))))));
  private final HttpChannel channel = new HttpChannel(client,
      new HttpChannelConfig(URI.create(server.baseUrl() + "/endpoint"), Optional.empty(), false),
      InstantSource.system());

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private PostResult answered(int status, String body) {
    says.set(call -> call.text(status, "application/json", body));
    return channel.post(ENVELOPE);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"201 | {\"id\":1} | 1 | RECEIVED",
      "200 | {\"id\":\"0xab\",\"status\":\"received\",\"message\":{}} | 0xab | RECEIVED",
      "201 | {\"id\":7,\"status\":\"confirmed\"} | 7 | CONFIRMED",
      "200 | {\"id\":\"x\",\"status\":\"no such\"} | x | RECEIVED"})
  void idOfAnyShapeIsTaken(int status, String body, String id, String channelStatus) {
    assertThat(answered(status, body)).isEqualTo(
        new PostResult.Accepted(id, dev.fairway.core.channel.ChannelStatus.valueOf(channelStatus)));
  }

  @Test
  void oldEndpointIsSentTheFiveFieldsOnly() {
    answered(201, "{\"id\":1}");
    assertThat(posted.get()).isEqualTo("AU:r1 {\"sender\":\"AU\",\"receiver\":\"SG\",\"subject\":\"subject\","
        + "\"obj\":\"a.b.c\",\"predicate\":\"d.e.f\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "", "not json", "{\"id\":null}", "{\"id\":\"\"}", "[]", "{\"id\":{}}"})
  void successWithoutAnIdIsHeldAndNotSentElsewhere(String body) {
    assertThat(answered(200, body)).isInstanceOf(PostResult.Unknown.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 405, 409, 413, 415, 422, 302})
  void refusalIsForGood(int status) {
    assertThat(answered(status, "{}")).isInstanceOf(PostResult.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 503, 401})
  void whatWillPassIsTriedAgain(int status) {
    assertThat(answered(status, "{}")).isInstanceOf(PostResult.Unavailable.class);
  }

  @Test
  void retryAfterIsHeeded() {
    says.set(call -> call.with("Retry-After", "17").json(429, "slow down"));
    assertThat(channel.post(ENVELOPE)).isEqualTo(
        new PostResult.Unavailable(Optional.of(Duration.ofSeconds(17)), "answered 429"));
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 504})
  void serverErrorAfterTakingItIsPossible(int status) {
    assertThat(answered(status, "{}")).isInstanceOf(PostResult.Unknown.class);
  }

  @Test
  void endpointThatDoesNotAnswerMayHaveTheMessage() {
    CountDownLatch over = new CountDownLatch(1);
    says.set(call -> {
      over.await(10, TimeUnit.SECONDS);
      call.empty(200);
    });
    assertThat(channel.post(ENVELOPE)).isInstanceOf(PostResult.Unknown.class);
    over.countDown();
  }

  @Test
  void endpointThatDripsItsAnswerIsGivenUpAndMayHaveTheMessage() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ServerSocket endpoint = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> drip(endpoint, over));
      HttpChannel slow = new HttpChannel(client,
          new HttpChannelConfig(URI.create("http://127.0.0.1:" + endpoint.getLocalPort()), Optional.empty(), false),
          InstantSource.system());
      assertThat(slow.post(ENVELOPE)).isInstanceOf(PostResult.Unknown.class);
    } finally {
      over.countDown();
    }
  }

  /** Always a little, so that no time without a byte is ever long. */
  private static void drip(ServerSocket endpoint, CountDownLatch over) {
    try (Socket caller = endpoint.accept()) {
      caller.getOutputStream().write("HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n{".getBytes(US_ASCII));
      while (!over.await(20, TimeUnit.MILLISECONDS)) {
        caller.getOutputStream().write(' ');
      }
    } catch (IOException | InterruptedException hungUp) {
      // The caller has had enough.
    }
  }

  @Test
  void endpointThatCannotBeReachedDoesNotHaveIt() {
    server.close();
    assertThat(channel.post(ENVELOPE)).isInstanceOf(PostResult.Unavailable.class);
  }

  @Test
  void endpointThatAnswersWithAnotherMessageIsALiar() {
    says.set(call -> call.text(200, "application/json",
        "{\"id\":8,\"status\":\"confirmed\",\"message\":{\"sender\":\"AU\",\"receiver\":\"SG\",\"subject\":\"s\","
            + "\"obj\":\"o\",\"predicate\":\"p\"}}"));
    assertThatThrownBy(() -> channel.find("7")).isInstanceOfSatisfying(FairwayException.class,
        e -> assertThat(e.code()).isEqualTo(ErrorCode.PEER_LIED));
    assertThat(channel.find("8")).isPresent();
  }

  @Test
  void olderNameOfTheMessageIsRead() {
    says.set(call -> call.text(200, "application/json",
        "{\"id\":8,\"status\":\"confirmed\",\"payload\":{\"sender\":\"AU\",\"receiver\":\"SG\",\"subject\":\"s\","
            + "\"obj\":\"o\",\"predicate\":\"p\"}}"));
    assertThat(channel.find("8").orElseThrow().message().subject()).isEqualTo("s");
  }
}
