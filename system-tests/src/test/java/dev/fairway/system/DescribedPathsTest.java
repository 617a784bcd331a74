package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Nothing that is sent to any operation a node describes in {@code /api/openapi.json} makes it blame itself. */
class DescribedPathsTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final List<String> TRICKS = List.of("x", "..%2f..%2fetc%2fpasswd", "%00", "a%0ab", "%c3%28", "-1",
      "9".repeat(40), "%252e%252e", "x".repeat(3_000), "%F0%9F%9A%A2");

  @TempDir
  private static Path folder;
  private static ServedNode node;

  /** What a description says of one operation. */
  record Operation(String method, String path, List<String> queries, List<String> types) {
    boolean takesBody() {
      return !method.equals("GET") && !method.equals("DELETE");
    }

    String at(String id, String value) {
      String asked = queries.isEmpty() || value.isEmpty()
          ? ""
          : "?" + String.join("&", queries.stream().map(query -> query + "=" + value).toList());
      return path.replaceAll("\\{[^}]+}", id) + asked;
    }
  }

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

  @AfterAll
  static void stop() {
    node.close();
  }

  private static List<Operation> operations() throws Exception {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : node.json("/api/openapi.json").path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        operations.add(new Operation(method.getKey().toUpperCase(Locale.ROOT), path.getKey(),
            method.getValue().path("parameters").valueStream()
                .filter(parameter -> parameter.path("in").asString().equals("query"))
                .map(parameter -> parameter.path("name").asString()).toList(),
            List.copyOf(method.getValue().path("requestBody").path("content").propertyNames())));
      }
    }
    return operations;
  }

  private static String send(Operation operation, String target, String type, byte[] body, String... headers)
      throws IOException {
    try (Socket socket = new Socket(node.url().getHost(), node.url().getPort())) {
      socket.setSoTimeout(60_000);
      String more = headers.length == 0 ? "Content-Length: " + body.length : String.join("\r\n", headers);
      socket.getOutputStream()
          .write((operation.method() + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
              + "Content-Type: " + type + "\r\n" + more + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(body);
      // Some answers are streams that do not end.
      String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))
          .readLine();
      return line == null ? "none" : line.substring(9, 12);
    }
  }

  @Test
  void noPathOrQueryIsTheNodesFault() throws Exception {
    Map<String, String> wrong = new LinkedHashMap<>();
    for (Operation operation : operations()) {
      for (String trick : TRICKS) {
        String target = operation.at(trick, trick);
        String status = send(operation, target, "application/json", new byte[0]);
        // That something is not ready is what a probe is asked for.
        boolean probed = operation.path().endsWith("/readyz") && status.equals("503");
        if (!probed && (status.startsWith("5") || status.equals("none"))) {
          wrong.put(operation.method() + " " + target, status);
        }
      }
    }
    assertBlameless(wrong);
  }

  @Test
  void noBodyIsTheNodesFaultOrTaken() throws Exception {
    Map<String, byte[]> bodies = new LinkedHashMap<>();
    bodies.put("broken", "{\"a\":1,".getBytes(StandardCharsets.UTF_8));
    bodies.put("nested", "[".repeat(1 << 20).getBytes(StandardCharsets.UTF_8));
    bodies.put("huge", "{\"id\":1e999999999,\"limit\":1e999999999}".getBytes(StandardCharsets.UTF_8));
    bodies.put("text", "\"text\"".getBytes(StandardCharsets.UTF_8));
    bodies.put("bytes", new byte[]{'{', '"', (byte) 0xc3, '(', '"', ':', '1', '}'});
    Map<String, String> wrong = new LinkedHashMap<>();
    for (Operation operation : operations()) {
      if (!operation.takesBody()) {
        continue;
      }
      List<String> types = new ArrayList<>(operation.types());
      types.add("application/json");
      types.add("image/png");
      for (String type : types.stream().distinct().toList()) {
        for (Map.Entry<String, byte[]> body : bodies.entrySet()) {
          String status = send(operation, operation.at("x", ""), type, body.getValue());
          if (!status.startsWith("4")) {
            wrong.put(operation + " " + type + " " + body.getKey(), status);
          }
        }
      }
      String twice = send(operation, operation.at("x", ""), "application/json", new byte[]{'{', '}'},
          "Content-Length: 2",
          "Content-Length: 3");
      if (!twice.equals("400")) {
        wrong.put(operation + " two lengths", twice);
      }
    }
    assertBlameless(wrong);
  }

  private static void assertBlameless(Map<String, String> wrong) throws Exception {
    assertThat(wrong).isEmpty();
    await().atMost(SOON).untilAsserted(() -> assertThat(node.send(node.to("/metrics")).body().lines()
        .filter(line -> line.startsWith("fairway_http_active"))).isNotEmpty()
        .allMatch(line -> line.endsWith(" 1.0")));
    assertThat(node.log()).doesNotContain("request failed");
  }
}
