package dev.fairway.web;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * One request and its answer. A handler answers exactly once; after that the call is over. Belongs to the thread that
 * handles it.
 *
 * <p>Reading methods throw {@link dev.fairway.core.FairwayException} with {@code INVALID} for what is malformed and
 * {@code TOO_LARGE} past the route's limit; the server turns both into the door's error shape.
 */
public interface Call {
  /** The request id: the caller's {@code X-Request-Id} if it is usable, else a new one. Safe to log. */
  String id();

  /**
   * Who calls.
   *
   * @throws dev.fairway.core.FairwayException with {@code UNAUTHENTICATED} when credentials are given and do not hold
   */
  Caller caller();

  String method();

  /** The decoded path, with the door's prefix. */
  String path();

  /** The path and query as sent. */
  String target();

  /** The base URL this call came in by, from {@code public-url} or the {@code Host} header; ends without a slash. */
  URI baseUrl();

  /** The base URL under which another path is reached: that of its door's own listener if it has one, else {@link #baseUrl()}. */
  URI baseUrl(String path);

  /** The address of the other end of the connection. */
  String peer();

  /** What the caller proved itself with, when the listener speaks TLS, asks for it, and the caller gave a certificate that holds. */
  Optional<X509Certificate> certificate();

  /** A named part of the path, decoded. */
  String param(String name);

  /** The first value of a query parameter. */
  Optional<String> query(String name);

  List<String> queries(String name);

  /** The whole query. */
  Form query();

  /** The first header of that name. */
  Optional<String> header(String name);

  /** The media type of the body without parameters, in lower case; empty text when the caller names none. */
  String contentType();

  /** The announced length of the body; -1 when it is not known. */
  long contentLength();

  /** The body as it arrives, up to the route's limit. */
  InputStream body() throws IOException;

  /** The whole body, up to the route's limit. */
  byte[] bytes() throws IOException;

  /** The body as JSON. */
  JsonNode json() throws IOException;

  /** The body as a record; a field it does not have is refused. */
  <T> T json(Class<T> type) throws IOException;

  /** The body as form fields. */
  Form form() throws IOException;

  /** The body's parts, one after another, as they arrive. */
  void multipart(Part.Consumer consumer) throws Exception;

  /** Adds a header to the answer. */
  Call with(String name, String value);

  /** Answers with JSON. */
  void json(int status, Object value) throws IOException;

  /** Answers with text in UTF-8; the content type is given whole. */
  void text(int status, String contentType, String text) throws IOException;

  void bytes(int status, String contentType, byte[] bytes) throws IOException;

  /** Answers without a body. */
  void empty(int status);

  /**
   * Answers with stored bytes: the range that was asked for, or 304 or 412 as the request's conditions say. Closes the
   * channel.
   */
  void content(Content content) throws IOException;

  /** Answers with server-sent events until the source returns. */
  void events(EventSink.Source source) throws Exception;
}
