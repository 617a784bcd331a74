package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing that is sent to any operation a node describes in {@code /api/openapi.json} makes it blame itself: it is refused in the
 * shape that is described there, and nothing is kept of it.
 */
class DescribedPathsTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final List<String> TRICKS = List.of("x", "..%2f..%2fetc%2fpasswd", "%00", "a%0ab", "%c3%28", "-1",
      "9".repeat(40), "%252e%252e", "x".repeat(3_000), "%F0%9F%9A%A2");

  private static final Map<String, byte[]> BODIES = bodies();

  @TempDir
  private static Path folder;
  private static ServedNode node;
  private Map<String, Long> before = Map.of();

  @BeforeAll
  static void start() throws Exception {
    node = ServedNode.start(folder, "au", "AU", """
        exchange:
          channels:
            shared: { type: shared-database, medium: %s, participants: [AU, SG] }
          routes:
            - { receiver: [SG], channels: [shared] }
        """.formatted(folder.resolve("medium")));
  }

  /** Whatever was sent before, the next client is served. */
  @AfterAll
  static void aGoodRequestIsTaken() throws Exception {
    try (ServedNode served = node) {
      HttpResponse<String> taken = served.post("/message-api/message", "application/json", """
          {"sender": "AU", "receiver": "SG", "subject": "good", "obj": "QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT5",
           "predicate": "UN.CEFACT.Trade.CertificateOfOrigin.created"}
          """);
      assertThat(taken.statusCode()).as(taken.body()).isEqualTo(201);
    }
  }

  @BeforeEach
  void look() throws Exception {
    before = Kept.of(node);
  }

  private static List<DescribedOperation> operations() throws Exception {
    return DescribedOperation.of(node.json("/api/openapi.json"));
  }

  private static String send(DescribedOperation operation, String target, String type, byte[] body, String... headers)
      throws IOException {
    String lengths = headers.length == 0 ? "Content-Length: " + body.length : String.join("\r\n", headers);
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes((operation.method() + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        + "Content-Type: " + type + "\r\n" + lengths + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body);
    return node.raw(request.toByteArray());
  }

  /** Notes an answer that has another status than it may, or is a refusal in another shape than was described. */
  private static void judge(Map<String, String> wrong, String sent, DescribedOperation operation, String answer,
      String statuses) {
    if (!answer.matches("(?s)HTTP/1\\.1 (" + statuses + ") .*")) {
      wrong.put(sent, answer);
    } else if (answer.startsWith("HTTP/1.1 4")) {
      operation.faultOf(answer).ifPresent(fault -> wrong.put(sent, fault + ": " + answer));
    }
  }

  @Test
  void noPathOrQueryIsTheNodesFault() throws Exception {
    Map<String, String> wrong = new LinkedHashMap<>();
    for (DescribedOperation operation : operations()) {
      // That something is not ready is what a probe is asked for.
      String statuses = operation.path().endsWith("/readyz") ? "[234]..|503" : "[234]..";
      for (String trick : TRICKS) {
        String target = operation.at(trick, trick);
        judge(wrong, operation.method() + " " + target, operation,
            send(operation, target, "application/json", new byte[0]), statuses);
      }
    }
    assertBlameless(wrong);
  }

  @Test
  void noBodyIsTheNodesFaultOrTaken() throws Exception {
    Map<String, String> wrong = new LinkedHashMap<>();
    for (DescribedOperation operation : operations()) {
      if (!operation.takesBody()) {
        continue;
      }
      String target = operation.at("x", "");
      Set<String> types = new LinkedHashSet<>(operation.types());
      types.addAll(List.of("application/json", "image/png"));
      for (String type : types) {
        for (Map.Entry<String, byte[]> body : BODIES.entrySet()) {
          judge(wrong, operation.method() + " " + target + " " + type + " " + body.getKey(), operation,
              send(operation, target, type, body.getValue()), "4..");
        }
      }
      judge(wrong, operation.method() + " " + target + " two lengths", operation,
          send(operation, target, "application/json", new byte[]{'{', '}'}, "Content-Length: 2", "Content-Length: 3"),
          "400");
    }
    assertBlameless(wrong);
  }

  private static Map<String, byte[]> bodies() {
    Map<String, byte[]> bodies = new LinkedHashMap<>();
    Map.of("broken", "{\"a\":1,", "nested", "[".repeat(1 << 20), "text", "\"text\"", "unknown", "{\"no_such\":1}",
        "huge", "{\"id\":1e999999999,\"limit\":1e999999999}", "types",
        "{\"id\":{},\"status\":[],\"kind\":{},\"sender\":7,\"template\":[],\"type\":{}}")
        .forEach((name, text) -> bodies.put(name, text.getBytes(StandardCharsets.UTF_8)));
    bodies.put("bytes", new byte[]{'{', '"', (byte) 0xc3, '(', '"', ':', '1', '}'});
    return bodies;
  }

  private void assertBlameless(Map<String, String> wrong) throws Exception {
    assertThat(wrong).isEmpty();
    await().atMost(SOON).untilAsserted(() -> assertThat(node.send(node.to("/metrics")).body().lines()
        .filter(line -> line.startsWith("fairway_http_active"))).isNotEmpty()
        .allMatch(line -> line.endsWith(" 1.0")));
    assertThat(node.log()).doesNotContain("request failed");
    assertThat(Kept.of(node)).as("what the node keeps").isEqualTo(before);
  }
}
