package dev.fairway.exchange;

import static dev.fairway.exchange.TestNode.AU;
import static dev.fairway.exchange.TestNode.NZ;
import static dev.fairway.exchange.TestNode.SG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.channel.PostResult;
import dev.fairway.core.journal.Event;
import dev.fairway.exchange.ExchangeConfig.ChannelConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.channel.SharedDatabaseChannel;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.web.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What clients of the Message, Document and Channel APIs can rely on from one request to the next. Single requests and their
 * answers, to the letter, are a table that a served node is asked by.
 */
class WireTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String NOBODY = "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n";

  @TempDir
  static Path folder;
  private static TestNode au;
  /** The other participant's end of the medium, without a node behind it. */
  private static SharedDatabaseChannel sg;

  @BeforeAll
  static void start() {
    MediumHome medium = new MediumHome.Folder(folder.resolve("medium"));
    au = new TestNode(folder.resolve("au"),
        ExchangeConfig.of(AU, Map.of(), Map.of("shared", new ChannelConfig.SharedDatabase(medium, Set.of(AU, SG))),
            List.of(Rule.to("sg", Match.allow("SG"), List.of("shared")))));
    sg = new SharedDatabaseChannel(medium, SG, Set.of(AU, SG), InstantSource.system());
  }

  @AfterAll
  static void stop() {
    sg.close();
    au.close();
  }

  private static ObjectNode good() {
    return TestNode.message(AU, SG, NOBODY);
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return Json.parse(answer.body()).get("errors").get(0);
  }

  private static void assertError(HttpResponse<String> answer, int status, String code, String title, String detail,
      String source) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("application/json");
    assertThat(error(answer).get("code").stringValue()).isEqualTo(code);
    assertThat(error(answer).get("title").stringValue()).isEqualTo(title);
    assertThat(error(answer).get("detail").stringValue()).isEqualTo(detail);
    assertThat(error(answer).get("source").toString()).isEqualTo(source);
  }

  /** A message that has arrived at this node. */
  private static MessageRef arrived() {
    String ref = UUID.randomUUID().toString();
    assertThat(sg.post(new Envelope(new Message(SG, AU, "subject", "a.b.c", "d.e.f"), Optional.of(ref), ref)))
        .isInstanceOf(PostResult.Accepted.class);
    MessageRef arrived = new MessageRef(SG, ref);
    await().atMost(SOON).until(() -> au.state(arrived).isPresent());
    return arrived;
  }

  @Test
  void contentTypeMayHaveParameters() throws Exception {
    HttpResponse<String> answer = au.send(au.request("/message-api/message")
        .header("Content-Type", "application/json; charset=utf-8")
        .POST(HttpRequest.BodyPublishers.ofString(good().toString())));
    assertThat(answer.statusCode()).isEqualTo(201);
  }

  @Test
  void acceptedMessageCanBeReadAtOnce() throws Exception {
    MessageRef ref = au.posted(good());
    HttpResponse<String> answer = au.get("/message-api/message/" + ref);
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(Json.parse(answer.body()).get("subject")).isEqualTo(good().get("subject"));
  }

  @Test
  void sentMessageTellsItsChannelAndTheChannelsIdForIt() throws Exception {
    MessageRef ref = au.posted(good());
    await().atMost(SOON).until(() -> au.state(ref).orElseThrow() == MessageState.CONFIRMED);
    JsonNode json = Json.parse(au.get("/message-api/message/" + ref).body());
    assertThat(json.get("status").stringValue()).isEqualTo("accepted");
    assertThat(json.get("channel_id").stringValue()).isEqualTo("shared");
    assertThat(sg.find(json.get("channel_txn_id").stringValue())).isPresent();
  }

  @Test
  void foreignSenderIsRefused() throws Exception {
    HttpResponse<String> answer = au.postJson("/message-api/message", TestNode.message(SG, AU, NOBODY));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(error(answer).get("detail").stringValue()).contains("sender must be AU");
  }

  @Test
  void resendUnderTheSameReferenceIsHarmlessAndAnotherMessageIsRefused() throws Exception {
    String ref = UUID.randomUUID().toString();
    ObjectNode message = good().put("sender_ref", ref);
    assertThat(au.postJson("/message-api/message", message).statusCode()).isEqualTo(201);
    HttpResponse<String> again = au.postJson("/message-api/message", message);
    assertThat(again.statusCode()).isEqualTo(201);
    assertThat(Json.parse(again.body()).get("sender_ref").stringValue()).isEqualTo(ref);
    HttpResponse<String> other = au.postJson("/message-api/message", message.put("subject", "other"));
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(Json.parse(au.get("/message-api/message/AU:" + ref).body()).get("subject"))
        .isEqualTo(good().get("subject"));
  }

  @Test
  void idempotencyKeyMakesAResendHarmless() throws Exception {
    String key = "key " + UUID.randomUUID();
    String first = au.postJson("/message-api/message", good(), "Idempotency-Key", key).body();
    String second = au.postJson("/message-api/message", good(), "Idempotency-Key", key).body();
    assertThat(Json.parse(second).get("sender_ref")).isEqualTo(Json.parse(first).get("sender_ref"));
    assertThat(au.postJson("/message-api/message", good().put("subject", "other"), "Idempotency-Key", key).statusCode())
        .isEqualTo(409);
    assertThat(au.postJson("/message-api/message", good(), "Idempotency-Key", "x".repeat(256)).statusCode())
        .isEqualTo(400);
  }

  @Test
  void arrivedMessageIsReviewedOnceAndThenFinal() throws Exception {
    MessageRef ref = arrived();
    String path = "/message-api/message/" + ref;
    assertThat(Json.parse(au.get(path).body()).get("status").stringValue()).isEqualTo("received");
    HttpResponse<String> done = au.patchJson(path, "{\"status\":\"accepted\",\"more\":1}");
    assertThat(done.statusCode()).isEqualTo(200);
    assertThat(Json.parse(done.body()).get("status").stringValue()).isEqualTo("accepted");
    assertThat(au.patchJson(path, "{\"status\":\"accepted\"}").statusCode()).isEqualTo(200);
    assertThat(au.patchJson(path, "{\"status\":null}").statusCode()).isEqualTo(200);
    assertError(au.patchJson(path, "{\"status\":\"rejected\"}"), 409, "generic-http-error", "Conflict",
        "Message status is final: accepted", "[]");
    assertThat(au.get(path + "/journal").body()).contains("\"actor\":\"developer\"");
  }

  @Test
  void channelIdsAreSetTogetherAndByTheNodeOnly() throws Exception {
    MessageRef ref = arrived();
    String path = "/message-api/message/" + ref;
    assertError(au.patchJson(path, "{\"channel_id\":\"x\"}"), 400, "generic-http-error", "Bad Request",
        "Message channel_id and channel_txn_id should be only set together.", "[]");
    assertError(au.patchJson(path, "{\"channel_id\":\"x\",\"channel_txn_id\":\"y\"}"), 409, "generic-http-error",
        "Conflict", "", "[]");
    MessageRef ours = au.posted(good().put("receiver", "NZ"));
    await().atMost(SOON).until(() -> au.state(ours).orElseThrow() == MessageState.NO_ROUTE);
    assertThat(au
        .patchJson("/message-api/message/" + ours, "{\"channel_id\":\"x\",\"channel_txn_id\":\"y\"}").statusCode())
        .isEqualTo(403);
    assertThat(Json.parse(au.get("/message-api/message/" + ours).body()).get("status").stringValue())
        .isEqualTo("rejected");
  }

  @Test
  void staleReviewIsRefused() throws Exception {
    String path = "/message-api/message/" + arrived();
    String etag = au.get(path).headers().firstValue("etag").orElseThrow();
    assertThat(au.patchJson(path, "{\"status\":\"rejected\"}", "If-Match", "\"999\"").statusCode()).isEqualTo(412);
    assertThat(au.patchJson(path, "{\"status\":\"rejected\"}", "If-Match", etag).statusCode()).isEqualTo(200);
  }

  @Test
  void messagesAreListedInPages() throws Exception {
    String subject = "listed " + UUID.randomUUID();
    for (int i = 0; i < 5; i++) {
      au.posted(good().put("subject", subject));
    }
    String query = "/message-api/messages?limit=2&subject=" + subject.replace(" ", "%20");
    int seen = 0;
    String cursor = "";
    do {
      JsonNode page = Json.parse(au.get(query + (cursor.isEmpty() ? "" : "&cursor=" + cursor)).body());
      seen += page.get("items").size();
      cursor = page.get("next_cursor").isNull() ? "" : page.get("next_cursor").stringValue();
    } while (!cursor.isEmpty());
    assertThat(seen).isEqualTo(5);
    assertThat(Json.parse(au.get("/message-api/messages?status=received&sender=AU").body()).get("items")).isEmpty();
    assertThat(Json.parse(au.get("/message-api/messages?predicate=UN.CEFACT.*&limit=1").body()).get("items"))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=501", "limit=x", "cursor=nonsense", "status=odd", "since=yesterday"})
  void badQueryIsRefused(String query) throws Exception {
    assertThat(au.get("/message-api/messages?" + query).statusCode()).isEqualTo(400);
  }

  @Test
  void documentIsReadByWhoMayWithItsType() throws Exception {
    String name = au.uploaded(SG, "<b>bold</b>", "text/html");
    HttpResponse<String> read = au.get("/document-api/" + name + "?as_jurisdiction=SG");
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.body()).isEqualTo("<b>bold</b>");
    assertThat(read.headers().firstValue("content-type")).contains("text/html");
    assertThat(read.headers().firstValue("x-content-type-options")).contains("nosniff");
    assertThat(read.headers().firstValue("content-security-policy").orElse("")).contains("sandbox");
    assertThat(au.send(au.request("/document-api/" + name).header("Authorization",
        "JWTBODY {\"sub\":\"documents-api\",\"party\":\"spider\",\"jurisdiction\":\"SG\"}")).statusCode())
        .isEqualTo(200);
    assertThat(au.get("/document-api/" + name + "?as_jurisdiction=AU").statusCode()).isEqualTo(200);
  }

  @Test
  void forbiddenAndAbsentDocumentsLookTheSame() throws Exception {
    String name = au.uploaded(SG, "for Singapore", "text/plain");
    HttpResponse<String> forbidden = au.get("/document-api/" + name + "?as_jurisdiction=NZ");
    HttpResponse<String> absent = au.get("/document-api/" + NOBODY + "?as_jurisdiction=NZ");
    assertError(forbidden, 404, "generic-http-error", "Not Found",
        "Document with uri:" + name + " for jurisdiction:NZ not found",
        "[{\"uri\":\"" + name + "\",\"jurisdiction\":\"NZ\"}]");
    assertThat(absent.body()).isEqualTo(forbidden.body().replace(name, NOBODY));
  }

  @Test
  void parameterThatDisagreesWithTheCredentialsIsRefused() throws Exception {
    String name = au.uploaded(NZ, "for New Zealand", "text/plain");
    assertThat(au.send(au.request("/document-api/" + name + "?as_jurisdiction=NZ").header("Authorization",
        "JWTBODY {\"jurisdiction\":\"SG\"}")).statusCode()).isEqualTo(403);
  }

  @Test
  void rightToReadIsWithdrawn() throws Exception {
    String name = au.uploaded(SG, "withdrawn", "text/plain");
    assertThat(au.send(au.request("/document-api/" + name + "/jurisdictions/SG").DELETE()).statusCode()).isEqualTo(204);
    assertThat(au.get("/document-api/" + name + "?as_jurisdiction=SG").statusCode()).isEqualTo(404);
  }

  @Test
  void everyReadIsAudited() throws Exception {
    String name = au.uploaded(SG, "audited", "text/plain");
    au.get("/document-api/" + name + "?as_jurisdiction=NZ");
    assertThat(au.store.journal().about(name, 10))
        .anySatisfy(
            event -> assertThat(event.body()).contains("\"jurisdiction\":\"NZ\"").contains("\"allowed\":false"));
  }

  @Test
  void messagePostedToTheEndpointIsAnsweredAsOldEndpointsDo() throws Exception {
    HttpResponse<String> answer = au.postJson("/channels/shared/messages", good());
    assertThat(answer.statusCode()).isEqualTo(201);
    JsonNode json = Json.parse(answer.body());
    assertThat(json.get("id").isIntegralNumber()).isTrue();
    assertThat(json.get("status").stringValue()).isEqualTo("confirmed");
    assertThat(json.get("message")).isEqualTo(good());
    assertThat(answer.headers().firstValue("link").orElse(""))
        .contains("/channels/shared/messages/subscriptions/by_id>; rel=\"hub\"").contains("rel=\"self\"");
    JsonNode read = Json.parse(au.get("/channels/shared/messages/" + json.get("id")).body());
    assertThat(read.get("message")).isEqualTo(good());
    assertThat(au.get("/channels/shared/messages/" + json.get("id") + "?fields=id,status,odd").body())
        .isEqualTo("{\"id\":" + json.get("id") + ",\"status\":\"confirmed\"}");
  }

  @Test
  void nobodyPostsInAnothersNameAtTheEndpoint() throws Exception {
    HttpResponse<String> answer = au.postJson("/channels/shared/messages", TestNode.message(SG, AU, NOBODY));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(error(answer).get("detail").stringValue()).isEqualTo("message.sender != AU");
    assertThat(au.postJson("/channels/shared/messages", TestNode.message(AU, NZ, NOBODY)).statusCode()).isEqualTo(400);
    assertThat(au.get("/channels/shared/messages?receiver=SG").statusCode()).isEqualTo(403);
  }

  @Test
  void keyPostedWithAnotherMessageIsAConflict() throws Exception {
    String key = UUID.randomUUID().toString();
    String first = au.postJson("/channels/shared/messages", good(), "Idempotency-Key", key).body();
    assertThat(au.postJson("/channels/shared/messages", good(), "Idempotency-Key", key).body()).isEqualTo(first);
    assertThat(au.postJson("/channels/shared/messages", good().put("subject", "other"), "Idempotency-Key", key)
        .statusCode()).isEqualTo(409);
  }

  @Test
  void messagesAreCaughtUpByCursorAndByTime() throws Exception {
    MessageRef ref = arrived();
    JsonNode all = Json.parse(au.get("/channels/shared/messages?receiver=AU&limit=1000").body());
    assertThat(all.get("messages").size()).isPositive();
    JsonNode last = all.get("messages").get(all.get("messages").size() - 1);
    assertThat(last.get("sender_ref").stringValue()).isEqualTo(ref.senderRef());
    String next = all.get("next").stringValue();
    assertThat(Json.parse(au.get("/channels/shared/messages?receiver=AU&cursor=" + next).body()).get("messages"))
        .isEmpty();
    assertThat(Json.parse(au.get("/channels/shared/messages?receiver=AU&updated_since=2000-01-12Z123456").body())
        .get("messages").size()).isPositive();
    assertThat(Json.parse(au
        .get("/channels/shared/messages?receiver=AU&updated_since=" + last.get("updated_at").stringValue()).body())
        .get("messages")).isEmpty();
    assertThat(au.get("/channels/shared/messages?receiver=AU&updated_since=soon").statusCode()).isEqualTo(400);
  }

  @Test
  void operatorChangesAStatus() throws Exception {
    String id = Json.parse(au.postJson("/channels/shared/messages", good()).body()).get("id").toString();
    HttpResponse<String> bad = put(id, "status=odd");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(bad.body()).isEqualTo("{\"status\":[\"Invalid enum value odd\"]}");
    HttpResponse<String> done = put(id, "status=revoked");
    assertThat(done.statusCode()).isEqualTo(200);
    assertThat(Json.parse(done.body()).get("status").stringValue()).isEqualTo("revoked");
    assertThat(put("123456789", "status=revoked").statusCode()).isEqualTo(404);
  }

  private static HttpResponse<String> put(String id, String form) throws Exception {
    return au.send(au.request("/channels/shared/messages/" + id + "/status")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .PUT(HttpRequest.BodyPublishers.ofString(form)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/message-api/message", "/channels/shared/messages"})
  void deepHugeAndBrokenBodiesAreRefusedAndNothingIsStored(String path) throws Exception {
    long before = au.store.journal().end();
    String deep = "{\"a\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";
    assertThat(au.postJson(path, deep).statusCode()).isEqualTo(400);
    assertThat(au.postJson(path, good().put("subject", "s".repeat(100_000))).statusCode()).isEqualTo(413);
    assertThat(au.postJson(path, "{\"sender\":1e999999999}").statusCode()).isEqualTo(400);
    assertThat(au.send(au.request(path).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[]{'{', '"', (byte) 0xc3, '"', ':', '1', '}'})))
        .statusCode()).isEqualTo(400);
    assertThat(au.store.journal().read(before, 1_000)).extracting(Event::type)
        .doesNotContain("exchange.message.accepted");
  }
}
