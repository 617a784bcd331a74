package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** A running node, as the commands see it: its address, and who we are to it. */
public final class Remote {
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  @Option(names = "--node", paramLabel = "URL", defaultValue = "${FAIRWAY_NODE:-http://127.0.0.1:8080}", description = "the node to ask (default: ${DEFAULT-VALUE}; also from FAIRWAY_NODE)")
  URI node = URI.create("http://127.0.0.1:8080");

  @Option(names = "--token", paramLabel = "JWT", defaultValue = "${FAIRWAY_TOKEN:-}", description = "bearer token; not needed for a node in the dev profile (also from FAIRWAY_TOKEN)")
  String token = "";

  /** An answer of the node, whatever its status. */
  record Answer(int status, JsonNode body, String text) {
    static Answer of(int status, String text) {
      return new Answer(status, parse(text), text);
    }

    boolean ok() {
      return status / 100 == 2;
    }
  }

  URI at(String path) {
    String base = node.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  JsonNode get(String path) {
    return expect(send("GET", path, BodyPublishers.noBody(), Map.of()));
  }

  JsonNode post(String path, JsonNode body) {
    return expect(
        send("POST", path, BodyPublishers.ofString(body.toString()), Map.of("Content-Type", "application/json")));
  }

  JsonNode form(String path, Map<String, String> fields) {
    String body = query(fields);
    return expect(send("POST", path, BodyPublishers.ofString(body),
        Map.of("Content-Type", "application/x-www-form-urlencoded")));
  }

  JsonNode expect(Answer answer) {
    if (answer.ok()) {
      return answer.body();
    }
    throw new FairwayException(answer.status() >= 500 ? ErrorCode.PEER_FAILED : ErrorCode.INVALID, explain(answer));
  }

  Answer send(String method, String path, BodyPublisher body, Map<String, String> headers) {
    HttpRequest request = request(method, path, body, headers).timeout(Duration.ofMinutes(2)).build();
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
      return Answer.of(response.statusCode(), response.body());
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.PEER_FAILED, "interrupted while asking " + node, e);
    }
  }

  <T> HttpResponse<T> exchange(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    try {
      return HTTP.send(request.build(), handler);
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FairwayException(ErrorCode.PEER_FAILED, "interrupted while asking " + node, e);
    }
  }

  HttpRequest.Builder request(String method, String path, BodyPublisher body, Map<String, String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(at(path)).method(method, body);
    headers.forEach(request::setHeader);
    if (!token.isEmpty()) {
      request.setHeader("Authorization", "Bearer " + token);
    }
    return request;
  }

  FairwayException unreachable(IOException e) {
    return new FairwayException(ErrorCode.PEER_FAILED, switch (e) {
      case ConnectException _,HttpConnectTimeoutException _ -> "no node answers at " + node + " (" + Why.inWords(e)
          + "); start one with ./fairway serve --profile dev, or name another with --node";
      case HttpTimeoutException _ -> "the node at " + node + " did not answer in time";
      default -> "the call to the node at " + node + " broke off: " + Why.inWords(e);
    }, e);
  }

  static String query(Map<String, String> fields) {
    return fields.entrySet().stream().filter(field -> !field.getValue().isEmpty())
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue())).collect(Collectors.joining("&"));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static JsonNode parse(String text) {
    if (text.isBlank()) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      return JSON.readTree(text);
    } catch (tools.jackson.core.JacksonException e) {
      return JsonNodeFactory.instance.stringNode(text);
    }
  }

  /** What an error answer says, in one line: problem details (RFC 9457), or the errors list or the message of older paths. */
  private static String explain(Answer answer) {
    JsonNode error = answer.body().path("errors").path(0);
    Optional<String> text = firstText(answer.body().path("detail"), error.path("detail"), error.path("title"),
        answer.body().path("title"), answer.body().path("message"), answer.body().path("msg"));
    JsonNode source = error.path("source");
    String detail = text.orElse(answer.text().length() > 300 ? answer.text().substring(0, 300) : answer.text());
    String hint = answer.status() == 404 && detail.startsWith("nothing is served at ")
        ? "; its settings lack the section for this, or --node names something else"
        : "";
    return "the node answered " + answer.status() + ": " + detail + hint + (source.isEmpty() ? "" : " " + source);
  }

  private static Optional<String> firstText(JsonNode... candidates) {
    for (JsonNode candidate : candidates) {
      if (candidate.isString() && !candidate.stringValue().isBlank()) {
        return Optional.of(candidate.stringValue());
      }
    }
    return Optional.empty();
  }
}
