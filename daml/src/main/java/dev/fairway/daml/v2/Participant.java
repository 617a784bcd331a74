package dev.fairway.daml.v2;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.socket.PulledSocket;
import dev.fairway.daml.LedgerError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks a participant over HTTP and WebSocket, with the token of the day. Safe for many threads. */
final class Participant implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /** As in {@code CONTRACT_NOT_FOUND(11,6b3aef30): Contract could not be found}. */
  private static final Pattern TOLD = Pattern.compile("([A-Z][A-Z0-9_]*)\\(([0-9]{1,2}),[^)]*\\): .*", Pattern.DOTALL);
  private static final int ANSWER_LIMIT = 64 << 20;

  private final V2Config config;
  private final HttpClient client;

  Participant(V2Config config) {
    this.config = config;
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10))
        .followRedirects(HttpClient.Redirect.NEVER);
    config.tls().ifPresent(builder::sslContext);
    this.client = builder.build();
  }

  /** The participant did not do what it was asked. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient LedgerError error;

    Refused(LedgerError error, Throwable cause) {
      super(error.text(), cause);
      this.error = error;
    }

    Refused(LedgerError error) {
      super(error.text());
      this.error = error;
    }

    LedgerError error() {
      return error;
    }
  }

  @FunctionalInterface
  interface Asking<T> {
    T run() throws Refused;
  }

  /** Asks where a refusal ends what is being done; {@code what} was asked for is told with it. */
  static <T> T ask(String what, Asking<T> asking) {
    try {
      return asking.run();
    } catch (Refused e) {
      throw e.error().toException(what, e);
    }
  }

  JsonNode get(String path) throws Refused {
    return parse(send("GET", path, "application/json", BodyPublishers.noBody()));
  }

  byte[] bytes(String path) throws Refused {
    return send("GET", path, "application/json", BodyPublishers.noBody());
  }

  JsonNode post(String path, Object body) throws Refused {
    return send("POST", path, body);
  }

  JsonNode send(String method, String path, Object body) throws Refused {
    return parse(send(method, path, "application/json", BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  void upload(String path, byte[] content) throws Refused {
    send("POST", path, "application/octet-stream", BodyPublishers.ofByteArray(content));
  }

  private byte[] send(String method, String path, String type, BodyPublisher body) throws Refused {
    Optional<Secret> token = config.tokens().current();
    HttpResponse<byte[]> answer = once(method, path, type, body, token);
    if (answer.statusCode() == 401 && token.isPresent() && config.tokens().refused(token.get())) {
      answer = once(method, path, type, body, config.tokens().current());
    }
    if (answer.statusCode() / 100 != 2) {
      throw new Refused(error(answer.statusCode(), new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8)));
    }
    return answer.body();
  }

  private HttpResponse<byte[]> once(String method, String path, String type, BodyPublisher body, Optional<Secret> token)
      throws Refused {
    HttpRequest.Builder request = HttpRequest.newBuilder(resolve(path)).timeout(config.callTimeout()).method(method,
        body);
    if (!method.equals("GET")) {
      request.header("Content-Type", type);
    }
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.reveal()));
    try {
      return client.send(request.build(),
          info -> BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_LIMIT).apply(info));
    } catch (HttpConnectTimeoutException | ConnectException e) {
      throw new Refused(lost(false, e), e);
    } catch (IOException e) {
      throw new Refused(lost(true, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused(lost(true, e), e);
    }
  }

  /** Opens a stream and sends its request. */
  PulledSocket stream(String path, Object request) throws Refused {
    Optional<Secret> token = config.tokens().current();
    try {
      return open(path, request, token);
    } catch (Refused e) {
      if (e.error().grpc() == LedgerError.UNAUTHENTICATED && token.isPresent()
          && config.tokens().refused(token.get())) {
        return open(path, request, config.tokens().current());
      }
      throw e;
    }
  }

  private PulledSocket open(String path, Object request, Optional<Secret> token) throws Refused {
    PulledSocket socket = new PulledSocket(config.messageChars());
    URI http = resolve(path);
    URI address = URI.create((http.getScheme().equals("https") ? "wss" : "ws") + http.toString().substring(
        http.getScheme().length()));
    var builder = client.newWebSocketBuilder().connectTimeout(config.callTimeout());
    if (token.isPresent()) {
      // A browser could send no header, so the API takes the token as the name of a sub-protocol.
      builder.subprotocols("daml.ws.auth", "jwt.token." + token.get().reveal());
    } else {
      builder.subprotocols("daml.ws.auth");
    }
    try {
      builder.buildAsync(address, socket).join().sendText(JSON.writeValueAsString(request), true).join();
      return socket;
    } catch (CompletionException e) {
      socket.close();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof WebSocketHandshakeException refused) {
        throw new Refused(error(refused.getResponse().statusCode(), ""), cause);
      }
      throw new Refused(lost(!(cause instanceof ConnectException), cause), cause);
    }
  }

  private URI resolve(String path) {
    String base = config.base().toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  private static LedgerError lost(boolean sent, Throwable cause) {
    return new LedgerError(LedgerError.UNAVAILABLE, "", 0, "no answer from the participant: " + cause, Map.of(),
        Optional.empty(), sent, false);
  }

  /** What the answer of a status that is no success says. */
  private static LedgerError error(int status, String body) {
    try {
      JsonNode json = JSON.readTree(body);
      if (isError(json)) {
        return error(json);
      }
    } catch (JacksonException e) {
      // Something on the way answered, not the participant.
    }
    int grpc = switch (status) {
      case 400 -> LedgerError.INVALID_ARGUMENT;
      case 401 -> LedgerError.UNAUTHENTICATED;
      case 403 -> LedgerError.PERMISSION_DENIED;
      case 404 -> LedgerError.NOT_FOUND;
      case 413 -> LedgerError.RESOURCE_EXHAUSTED;
      case 501 -> LedgerError.UNIMPLEMENTED;
      default -> LedgerError.UNAVAILABLE;
    };
    String shown = body.length() > 200 ? body.substring(0, 200) + "…" : body;
    return new LedgerError(grpc, "", 0, "HTTP " + status + (shown.isBlank() ? "" : ": " + shown), Map.of(),
        Optional.empty(), true, false);
  }

  static boolean isError(JsonNode json) {
    return json.isObject() && json.has("code") && json.has("cause");
  }

  /** The participant's own description of an error, as an answer or in a stream. */
  static LedgerError error(JsonNode json) {
    Map<String, String> context = new HashMap<>();
    json.path("context").properties().forEach(entry -> context.put(entry.getKey(), entry.getValue().asString("")));
    return new LedgerError(json.path("grpcCodeValue").asInt(LedgerError.INTERNAL), json.path("code").asString(""),
        json.path("errorCategory").asInt(0), json.path("cause").asString(""), context,
        duration(json.path("retryInfo").asString("")), true, json.path("definiteAnswer").asBoolean(false));
  }

  /** What a completion says of a command that was refused; its code and category are in the text. */
  static LedgerError completionError(JsonNode status) {
    String text = status.path("message").asString("");
    Matcher told = TOLD.matcher(text);
    return new LedgerError(status.path("code").asInt(LedgerError.INTERNAL), told.matches() ? told.group(1) : "",
        told.matches() ? Integer.parseInt(told.group(2)) : 0, text, Map.of(), Optional.empty(), true, true);
  }

  /** As in {@code 1 second} or {@code 500 milliseconds}. */
  private static Optional<Duration> duration(String text) {
    Matcher parts = Pattern.compile("([0-9]{1,9}) (millisecond|second|minute|hour)s?").matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(parts.group(1));
    return Optional.of(switch (parts.group(2)) {
      case "millisecond" -> Duration.ofMillis(count);
      case "second" -> Duration.ofSeconds(count);
      case "minute" -> Duration.ofMinutes(count);
      default -> Duration.ofHours(count);
    });
  }

  static JsonNode parse(byte[] body) {
    return parse(new String(body, java.nio.charset.StandardCharsets.UTF_8));
  }

  static JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      throw new FairwayException(ErrorCode.PEER_LIED, "the participant sent something that is not JSON", e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
