package dev.fairway.web.outbound;

import dev.fairway.web.Json;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A call to make. Immutable; each method gives a changed copy.
 *
 * @param headers in order; a name may come twice
 * @param total most time for the whole call, where it is another than the client's. A connection over which nothing goes for a
 * minute is given up however long the call may take, so that a peer that has stalled is not waited for
 * @param responseLimit most bytes of the answer, where it is another than the client's
 */
public record OutboundRequest(String method, URI url, List<Map.Entry<String, String>> headers, Body body,
    Optional<Duration> total, Optional<Long> responseLimit) {

  /** What is sent. */
  public sealed interface Body {
    /** Nothing. */
    record None() implements Body {}

    /** Bytes at hand. */
    record Bytes(String contentType, Payload bytes) implements Body {}

    /** Bytes as they come, of a length not told. The client closes the stream. */
    record Streamed(String contentType, InputStream bytes) implements Body {}
  }

  public OutboundRequest {
    headers = List.copyOf(headers);
  }

  public static OutboundRequest of(String method, URI url) {
    return new OutboundRequest(method, url, List.of(), new Body.None(), Optional.empty(), Optional.empty());
  }

  public static OutboundRequest get(URI url) {
    return of("GET", url);
  }

  public static OutboundRequest post(URI url) {
    return of("POST", url);
  }

  public OutboundRequest header(String name, String value) {
    return new OutboundRequest(method, url, Stream.concat(headers.stream(), Stream.of(Map.entry(name, value))).toList(),
        body, total, responseLimit);
  }

  public OutboundRequest bearer(String token) {
    return header("Authorization", "Bearer " + token);
  }

  public OutboundRequest body(Body newBody) {
    return new OutboundRequest(method, url, headers, newBody, total, responseLimit);
  }

  public OutboundRequest bytes(String contentType, byte[] bytes) {
    return body(new Body.Bytes(contentType, new Payload(bytes)));
  }

  public OutboundRequest json(Object value) {
    return bytes("application/json", Json.bytes(value));
  }

  /** An {@code application/x-www-form-urlencoded} body, the fields in the order of the list. */
  public OutboundRequest form(List<Map.Entry<String, String>> fields) {
    String text = fields.stream().map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
    return bytes("application/x-www-form-urlencoded", text.getBytes(StandardCharsets.US_ASCII));
  }

  public OutboundRequest within(Duration limit) {
    return new OutboundRequest(method, url, headers, body, Optional.of(limit), responseLimit);
  }

  public OutboundRequest responseLimit(long bytes) {
    return new OutboundRequest(method, url, headers, body, total, Optional.of(bytes));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
