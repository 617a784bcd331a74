package dev.fairway.datatrust;

import dev.fairway.web.Json;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Asks a service over HTTP. */
record Client(URI base, Map<String, String> headers) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  Client(URI base) {
    this(base, Map.of());
  }

  /** What came back. */
  record Answer(HttpResponse<byte[]> response) {
    int status() {
      return response.statusCode();
    }

    byte[] bytes() {
      return response.body();
    }

    String text() {
      return new String(response.body(), StandardCharsets.UTF_8);
    }

    JsonNode json() {
      return Json.parse(response.body());
    }

    String message() {
      return json().path("message").asString("");
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }
  }

  Client as(String token) {
    return with("Authorization", "Bearer " + token);
  }

  Client with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Client(base, more);
  }

  Answer get(String path) throws Exception {
    return send(request(path).GET());
  }

  Answer postJson(String path, String body) throws Exception {
    return post(path, "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  Answer post(String path, String contentType, byte[] body) throws Exception {
    return send(request(path).header("Content-Type", contentType).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** Posts what is still being made. */
  Answer post(String path, String contentType, InputStream body) throws Exception {
    return send(request(path).header("Content-Type", contentType)
        .POST(HttpRequest.BodyPublishers.ofInputStream(() -> body)));
  }

  Answer method(String method, String path) throws Exception {
    return send(request(path).method(method, HttpRequest.BodyPublishers.noBody()));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(90));
    headers.forEach(request::header);
    return request;
  }

  private static Answer send(HttpRequest.Builder request) throws Exception {
    return new Answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
  }
}
