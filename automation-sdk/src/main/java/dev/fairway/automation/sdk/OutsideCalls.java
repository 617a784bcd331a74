package dev.fairway.automation.sdk;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** HTTP and WebSockets to the outside: with time-outs, limits on what comes, no redirects, and the node's egress policy. */
public interface OutsideCalls {
  /**
   * Sends once. Whether to try again is the delivery's to decide: throw, and it comes again later.
   *
   * @throws IOException when no answer came, or it was too large; a {@link java.net.SocketTimeoutException} when the call went
   * out and nothing came back in time
   * @throws dev.fairway.core.FairwayException with {@code EGRESS_REFUSED} when the node may not call there
   */
  Answered send(OutsideCall call) throws IOException, InterruptedException;

  /**
   * Opens a WebSocket. It is the integration's to close: in {@link Events#onStop}, where a {@link Events#task} does not.
   *
   * @param url {@code wss}, or {@code ws} where the node allows that
   * @throws IOException when it could not be opened
   * @throws dev.fairway.core.FairwayException with {@code EGRESS_REFUSED} when the node may not connect there
   * @throws UnsupportedOperationException in a handler that runs in a process of its own, and in a test that gives none
   */
  default OutsideSocket connect(URI url) throws IOException, InterruptedException {
    throw new UnsupportedOperationException("a WebSocket can be opened only in the node's own process");
  }

  /** A call to be made. Immutable. */
  final class OutsideCall {
    private final String method;
    private final URI url;
    private final Map<String, String> headers;
    private final byte[] body;

    private OutsideCall(String method, URI url, Map<String, String> headers, byte[] body) {
      this.method = method;
      this.url = url;
      this.headers = headers;
      this.body = body;
    }

    public static OutsideCall get(URI url) {
      return new OutsideCall("GET", url, Map.of(), new byte[0]);
    }

    public static OutsideCall of(String method, URI url, String contentType, byte[] body) {
      return new OutsideCall(method, url, Map.of("Content-Type", contentType), body.clone());
    }

    public static OutsideCall postJson(URI url, String json) {
      return of("POST", url, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    public OutsideCall header(String name, String value) {
      var more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new OutsideCall(method, url, more, body);
    }

    public String method() {
      return method;
    }

    public URI url() {
      return url;
    }

    public Map<String, String> headers() {
      return Map.copyOf(headers);
    }

    public byte[] body() {
      return body.clone();
    }
  }

  /** What came back. */
  final class Answered {
    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    /** @param headers by lower-case name */
    public Answered(int status, Map<String, String> headers, byte[] body) {
      this.status = status;
      this.headers = Map.copyOf(headers);
      this.body = body.clone();
    }

    public int status() {
      return status;
    }

    /** Whether the status is 2xx. */
    public boolean ok() {
      return status / 100 == 2;
    }

    /** By lower-case name. */
    public Map<String, String> headers() {
      return headers;
    }

    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    public byte[] body() {
      return body.clone();
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }
}
