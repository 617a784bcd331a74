package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.PostResult;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.channel.SharedDatabaseChannel;
import dev.fairway.web.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients of the older APIs see, request by request as {@code wire.txt} lists it, from a node that runs as users run it. */
class WireTableTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Jurisdiction AU = new Jurisdiction("AU");
  private static final Jurisdiction SG = new Jurisdiction("SG");

  @TempDir
  private static Path folder;
  private static ServedNode node;
  private static final Map<String, String> NAMES = new HashMap<>();

  /** A request, and the answer it must get; {@code {any}} in the answer stands for any text. */
  record Row(String name, String method, String path, List<String> headers, String body, int status,
      List<String> answerHeaders, String answer) {
    @Override
    public String toString() {
      return name + ": " + method + " " + path;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    Path medium = folder.resolve("medium");
    node = ServedNode.start(folder, "au", "AU", """
        exchange:
          channels:
            shared: { type: shared-database, medium: %s, participants: [AU, SG] }
          routes:
            - { receiver: [SG], channels: [shared] }
        """.formatted(medium));
    NAMES.put("document", uploaded("for Singapore"));
    NAMES.put("sent", sent("sent-1"));
    NAMES.put("unsendable", "AU:unsendable-1");
    assertThat(node.post("/message-api/message", "application/json", message("NZ", "unsendable-1")).statusCode())
        .isEqualTo(201);
    try (SharedDatabaseChannel sg = new SharedDatabaseChannel(new MediumHome.Folder(medium), SG, Set.of(AU, SG),
        InstantSource.system())) {
      for (String name : List.of("arrived", "reviewed", "untouched")) {
        NAMES.put(name, "SG:" + name);
        assertThat(sg.post(new Envelope(new Message(SG, AU, "subject", "a.b.c", "d.e.f"), Optional.of(name), name)))
            .isInstanceOf(PostResult.Accepted.class);
        await().atMost(SOON).until(() -> node.send(node.to("/message-api/message/SG:" + name)).statusCode() == 201);
      }
    }
    await().atMost(SOON)
        .until(() -> node.json("/message-api/message/" + NAMES.get("sent")).path("channel_txn_id").isString());
    NAMES.put("posted", node.json("/message-api/message/" + NAMES.get("sent")).path("channel_txn_id").stringValue());
    await().atMost(SOON).until(() -> node.json("/message-api/message/AU:unsendable-1").path("status").stringValue()
        .equals("rejected"));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String message(String receiver, String ref) {
    return Json.object().put("sender", "AU").put("receiver", receiver).put("subject", "AU.abn0000000000.XXXX-1")
        .put("obj", "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n")
        .put("predicate", "UN.CEFACT.Trade.CertificateOfOrigin.created").put("sender_ref", ref).toString();
  }

  private static String sent(String ref) throws Exception {
    assertThat(node.post("/message-api/message", "application/json", message("SG", ref)).statusCode()).isEqualTo(201);
    return "AU:" + ref;
  }

  private static String uploaded(String text) throws Exception {
    HttpResponse<String> answer = node.post("/document-api/jurisdictions/SG", "multipart/form-data; boundary=b",
        String.join("\r\n", "--b", "Content-Disposition: form-data; name=\"document\"; filename=\"document.txt\"",
            "Content-Type: text/plain", "", text, "--b--", ""));
    assertThat(answer.statusCode()).isEqualTo(200);
    return Json.parse(answer.body()).get("multihash").stringValue();
  }

  static Stream<Row> rows() throws IOException {
    try (InputStream in = Objects.requireNonNull(WireTableTest.class.getResourceAsStream("wire.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("(?m)^# ", -1)).skip(1).map(WireTableTest::row).toList().stream();
    }
  }

  private static Row row(String block) {
    String[] halves = block.split("\n-> ", 2);
    String[] request = halves[0].split("\n\n", 2);
    String[] head = request[0].split("\n", -1);
    String[] answer = halves[1].strip().split("\n", -1);
    List<String> rest = new ArrayList<>(Arrays.asList(answer).subList(1, answer.length));
    List<String> headers = rest.stream().takeWhile(line -> line.matches("[A-Z][A-Za-z-]+: .*")).toList();
    return new Row(head[0], head[1].split(" ", 2)[0], head[1].split(" ", 2)[1],
        Arrays.asList(head).subList(2, head.length), request.length > 1 ? request[1].strip() : "",
        Integer.parseInt(answer[0].strip()), headers,
        rest.stream().skip(headers.size()).collect(Collectors.joining("\n")));
  }

  private static String filled(String text) {
    String filled = text;
    for (Map.Entry<String, String> name : NAMES.entrySet()) {
      filled = filled.replace("{" + name.getKey() + "}", name.getValue());
    }
    return filled;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theAnswerIsWhatClientsKnow(Row row) throws Exception {
    HttpRequest.Builder request = node.to(filled(row.path()));
    boolean multipart = false;
    for (String header : row.headers()) {
      String[] pair = header.split(": ", 2);
      request.header(pair[0], filled(pair[1]));
      multipart |= pair[1].startsWith("multipart/");
    }
    String body = filled(row.body());
    request.method(row.method(), row.body().isEmpty()
        ? HttpRequest.BodyPublishers.noBody()
        : HttpRequest.BodyPublishers.ofString(multipart ? body.replace("\n", "\r\n") + "\r\n" : body));
    HttpResponse<String> answer = node.send(request);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(row.status());
    for (String header : row.answerHeaders()) {
      String[] pair = header.split(": ", 2);
      assertThat(answer.headers().firstValue(pair[0]).orElse("")).as(pair[0]).matches(pattern(filled(pair[1])));
    }
    assertThat(answer.body()).matches(pattern(filled(row.answer())));
  }

  /** Any text where the table says {any}, everything else to the letter. */
  private static Pattern pattern(String text) {
    return Pattern.compile(
        Arrays.stream(text.split(Pattern.quote("{any}"), -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }
}
