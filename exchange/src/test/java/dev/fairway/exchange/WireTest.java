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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What old clients of the Message, Document and Channel APIs see, over HTTP against a started exchange. */
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

  @ParameterizedTest
  @CsvSource({"/message-api,message", "/document-api,document", "/subscription-api,subscriptions",
      "/rx-api,message_rx"})
  void indexNamesTheService(String path, String name) throws Exception {
    HttpResponse<String> answer = au.get(path + "/");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"service\":\"" + name + "\"}");
  }

  @Test
  void wrongContentTypeIsToldWithItsAlternatives() throws Exception {
    HttpResponse<String> answer = au.send(au.request("/message-api/message").header("Content-Type", "text/plain")
        .POST(HttpRequest.BodyPublishers.ofString(good().toString())));
    assertError(answer, 415, "generic-http-error", "Unsupported Media Type",
        "Unsupported mimetype. Value: \"text/plain\". Value must be one of ['application/json'].",
        "{\"value\":\"text/plain\",\"include\":[\"application/json\"],\"exclude\":[]}");
    assertThat(error(answer).get("status").stringValue()).isEqualTo("Unsupported Media Type");
  }

  @Test
  void contentTypeMayHaveParameters() throws Exception {
    HttpResponse<String> answer = au.send(au.request("/message-api/message")
        .header("Content-Type", "application/json; charset=utf-8")
        .POST(HttpRequest.BodyPublishers.ofString(good().toString())));
    assertThat(answer.statusCode()).isEqualTo(201);
  }

  @Test
  void unknownPathIsToldWithThreeKeys() throws Exception {
    HttpResponse<String> answer = au.get("/message-api/nothing/here");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo(
        "{\"errors\":[{\"status\":\"Not Found\",\"code\":\"generic-http-error\",\"title\":\"Not Found\"}]}");
  }

  @Test
  void acceptedMessageIsAnsweredWhole() throws Exception {
    HttpResponse<String> answer = au.postJson("/message-api/message", good());
    assertThat(answer.statusCode()).isEqualTo(201);
    JsonNode json = Json.parse(answer.body());
    assertThat(json.propertyNames()).containsExactly("sender", "receiver", "subject", "obj", "predicate", "sender_ref",
        "status");
    assertThat(json.get("status").stringValue()).isEqualTo("pending");
    String ref = "AU:" + json.get("sender_ref").stringValue();
    assertThat(answer.headers().firstValue("location").orElse("")).endsWith("/message-api/message/" + ref);
    assertThat(answer.headers().firstValue("link").orElse("")).contains("rel=\"hub\"").contains("rel=\"self\"");
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
  void statusAndChannelOfAClientAreLeftOutOfAccount() throws Exception {
    HttpResponse<String> answer = au.postJson("/message-api/message",
        good().put("status", "accepted").put("channel_id", "x").put("channel_txn_id", "y").put("colour", "red"));
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).contains("\"status\":\"pending\"").doesNotContain("channel_id");
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

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}", "[]", "1", "null"})
  void emptyBodyIsToldInTheOldWords(String body) throws Exception {
    assertError(au.postJson("/message-api/message", body), 400, "message-data-empty-error", "Message Data Empty Error",
        "A single non-empty JSON must be passed", "[]");
    assertError(au.patchJson("/message-api/message/AU:x", body), 400, "message-data-empty-error",
        "Message Data Empty Error", "A single non-empty JSON must be passed", "[]");
  }

  @Test
  void missingAndInvalidFieldsAreToldInTheOldWords() throws Exception {
    ObjectNode without = good();
    without.remove("receiver");
    assertError(au.postJson("/message-api/message", without), 400, "message-deserialization-error",
        "Message Deserialization Error", "Unable to deserialize the posted message", "[\"'receiver'\"]");
    assertError(au.postJson("/message-api/message", good().put("receiver", "ZZ")), 400,
        "message-deserialization-error", "Message Deserialization Error", "Unable to deserialize the posted message",
        "[\"('Unknown jurisdiction name', 'ZZ')\"]");
    assertError(au.postJson("/message-api/message", good().put("obj", "nothing")), 400, "message-validation-error",
        "Message Validation Error", "Unable to validate the posted message", "[\"obj is not a URI: nothing\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"AU:no-such", "nocolon", "AU:", ":x", "ZZ:x", "au:x", "AU:..%2f..%2fetc", "AU:%00",
      "AU:a%20b"})
  void unknownReferenceIsNotFound(String ref) throws Exception {
    HttpResponse<String> answer = au.get("/message-api/message/" + ref);
    // A path that could be read in two ways does not reach a door, and is refused by the listener.
    assertThat(answer.statusCode()).isIn(400, 404);
    if (answer.statusCode() == 404 && answer.body().contains("detail")) {
      assertThat(error(answer).get("title").stringValue()).isEqualTo("Message Not Found Error");
    }
  }

  @Test
  void unknownReferenceIsToldInTheOldWords() throws Exception {
    assertError(au.get("/message-api/message/AU:none"), 404, "generic-http-error", "Message Not Found Error",
        "No message with that reference can be found for this auth", "[{\"reference\":\"AU:none\"}]");
    assertError(au.patchJson("/message-api/message/AU:none", "{\"status\":\"accepted\"}"), 404, "generic-http-error",
        "Message Not Found Error", "No message with that reference can be found for this auth",
        "[{\"reference\":\"AU:none\"}]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pending", "received", "nonsense"})
  void statusAClientMayNotSetIsToldInTheOldWords(String status) throws Exception {
    assertError(au.patchJson("/message-api/message/AU:none", "{\"status\":\"" + status + "\"}"), 400,
        "unexpected-message-status-error", "Unexpected Message Status Error",
        "Unexpected message status value: " + status,
        "[{\"value\":\"" + status + "\",\"expected\":[\"accepted\",\"rejected\",null]}]");
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

  @ParameterizedTest
  @ValueSource(strings = {"jurisdictions", "countries"})
  void uploadAnswersTheMultihash(String path) throws Exception {
    HttpResponse<String> answer = au.upload("/document-api/" + path + "/SG", "hello", "text/plain");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"multihash\":\"QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT5\"}");
  }

  @Test
  void badUploadsAreToldInTheOldWords() throws Exception {
    assertError(au.upload("/document-api/jurisdictions/USUS", "x", "text/plain"), 400, "bad-jurisdiction-name-error",
        "Bad Jurisdiction Name Error", "Received invalid/unknown jurisdiction name",
        "[\"('Please use short 2-characters uppercase country name', 'USUS')\"]");
    assertError(au.upload("/document-api/jurisdictions/SG"), 400, "no-input-file-error", "No Input File Error",
        "Received no input file", "[]");
    assertError(au.upload("/document-api/jurisdictions/SG", "", "text/plain"), 400, "no-input-file-error",
        "No Input File Error", "Received no input file", "[]");
    assertError(au.upload("/document-api/jurisdictions/SG", "a", "text/plain", "b", "text/plain"), 400,
        "too-many-files-error", "Too Many Files Error", "Too many files. Only one file must be provided.",
        "[{\"files\":2}]");
    assertThat(au.send(au.request("/document-api/jurisdictions/SG").header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{}"))).statusCode()).isEqualTo(415);
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
  void badDocumentRequestsAreToldInTheOldWords() throws Exception {
    assertError(au.get("/document-api/not-a-multihash?as_jurisdiction=SG"), 400, "invalid-uri-error",
        "Invalid URI Error", "URI is not multihash", "[]");
    assertError(au.get("/document-api/" + NOBODY), 400, "bad-jurisdiction-name-error", "Bad Jurisdiction Name Error",
        "Received invalid/unknown jurisdiction name",
        "[\"('Please use short 2-characters uppercase country name', '')\"]");
    HttpResponse<String> unauthenticated = au
        .send(au.request("/document-api/" + NOBODY).header("Authorization", "JWTBODY {oops"));
    assertThat(unauthenticated.statusCode()).isEqualTo(401);
    assertThat(error(unauthenticated).propertyNames()).containsExactly("status", "code", "title");
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

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"{\"sender\":\"AU\",\"receiver\":\"SG\",\"subject\":\"s\",\"predicate\":\"p\"} "
      + "| {\"obj\":[\"Missing data for required field.\"]}",
      "{\"sender\":\"AU\",\"receiver\":\"SG\",\"subject\":\"s\",\"obj\":\"o\",\"predicate\":\"p\",\"foo\":1} "
          + "| {\"foo\":[\"Unknown field.\"]}",
      "{\"sender\":\"AU\",\"receiver\":1,\"subject\":\"s\",\"obj\":\"o\",\"predicate\":\"p\"} "
          + "| {\"receiver\":[\"Not a valid string.\"]}",
      "[] | {\"_schema\":[\"Invalid input type.\"]}"})
  void faultsOfAPostedMessageAreToldByField(String body, String faults) throws Exception {
    HttpResponse<String> answer = au.postJson("/channels/shared/messages", body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(faults);
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
  void unknownMessageOfTheEndpointHasAnEmptyBody() throws Exception {
    HttpResponse<String> answer = au.get("/channels/shared/messages/123456789");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).isEmpty();
    assertThat(au.get("/channels/nowhere/messages/1").statusCode()).isEqualTo(404);
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

  @Test
  void participantsAreListed() throws Exception {
    assertThat(au.get("/channels/shared/participants").body()).isEqualTo("[\"AU\",\"SG\"]");
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
    assertThat(au.store.journal().end()).isEqualTo(before);
  }
}
