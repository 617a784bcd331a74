package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.eclipse.jetty.util.MultiMap;
import org.eclipse.jetty.util.UrlEncoded;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A call over the servlet API. */
final class ServletCall implements Call {
  /** Where the servlet API keeps what a caller proved itself with. */
  private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

  private final String id;
  private final Route route;
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final Map<String, String> parameters;
  private final Authenticator authenticator;
  private final WebConfig config;
  private final BooleanSupplier draining;
  private final Function<String, Optional<URI>> elsewhere;
  private @Nullable Caller caller;
  private @Nullable Form query;
  private @Nullable LimitedBody body;

  ServletCall(String id, Route route, HttpServletRequest request, HttpServletResponse response,
      Map<String, String> parameters, Authenticator authenticator, WebConfig config, BooleanSupplier draining,
      Function<String, Optional<URI>> elsewhere) {
    this.id = id;
    this.route = route;
    this.request = request;
    this.response = response;
    this.parameters = parameters;
    this.authenticator = authenticator;
    this.config = config;
    this.draining = draining;
    this.elsewhere = elsewhere;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Caller caller() {
    Caller known = caller;
    if (known == null) {
      known = authenticator.identify(header("Authorization"));
      caller = known;
    }
    return known;
  }

  /** The caller if someone has asked who it is. */
  Optional<Caller> knownCaller() {
    return Optional.ofNullable(caller);
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    String path = request.getPathInfo();
    return path == null ? request.getServletPath() : request.getServletPath() + path;
  }

  @Override
  public String target() {
    return request.getQueryString() == null
        ? request.getRequestURI()
        : request.getRequestURI() + "?" + request.getQueryString();
  }

  @Override
  public URI baseUrl() {
    return config.publicUrl().orElseGet(() -> URI.create(request.getScheme() + "://" + authority()));
  }

  @Override
  public URI baseUrl(String path) {
    return elsewhere.apply(path).orElseGet(this::baseUrl);
  }

  private String authority() {
    int port = request.getServerPort();
    boolean usual = port == (request.getScheme().equals("https") ? 443 : 80);
    return usual ? request.getServerName() : request.getServerName() + ":" + port;
  }

  @Override
  public String peer() {
    return request.getRemoteAddr();
  }

  @Override
  public Optional<X509Certificate> certificate() {
    return request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
        ? Optional.of(chain[0])
        : Optional.empty();
  }

  @Override
  public String param(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalStateException("the path " + route.path() + " has no parameter " + name);
    }
    return value;
  }

  @Override
  public Optional<String> query(String name) {
    return query().get(name);
  }

  @Override
  public List<String> queries(String name) {
    return query().all(name);
  }

  @Override
  public Form query() {
    Form known = query;
    if (known == null) {
      String text = request.getQueryString();
      known = text == null ? new Form(Map.of()) : decode(text);
      query = known;
    }
    return known;
  }

  @Override
  public Optional<String> header(String name) {
    if (name.equalsIgnoreCase("Cookie")) {
      // HTTP/2 may send cookies in several fields, to be read as one (RFC 9113, section 8.2.3).
      String cookies = String.join("; ", Collections.list(request.getHeaders(name)));
      return cookies.isEmpty() ? Optional.empty() : Optional.of(cookies);
    }
    return Optional.ofNullable(request.getHeader(name));
  }

  @Override
  public String contentType() {
    String header = request.getContentType();
    return header == null ? "" : HeaderParameters.value(header);
  }

  @Override
  public long contentLength() {
    return request.getContentLengthLong();
  }

  @Override
  public InputStream body() throws IOException {
    LimitedBody known = body;
    if (known == null) {
      if (contentLength() > route.maxBody()) {
        throw new FairwayException(ErrorCode.TOO_LARGE,
            "the body has " + contentLength() + " bytes; at most " + route.maxBody() + " are taken here");
      }
      known = new LimitedBody(request.getInputStream(), route.maxBody(), config.minBodyRate());
      body = known;
    }
    return known;
  }

  /** Whether the caller, who is answered now, may be sending on. */
  boolean bodyMayStillCome() {
    LimitedBody known = body;
    return known == null ? !Linger.heldBack(request) : !known.lost();
  }

  @Override
  public byte[] bytes() throws IOException {
    return body().readAllBytes();
  }

  @Override
  public JsonNode json() throws IOException {
    return Json.parse(bytes());
  }

  @Override
  public <T> T json(Class<T> type) throws IOException {
    return Json.read(bytes(), type);
  }

  @Override
  public Form form() throws IOException {
    return decode(new String(bytes(), StandardCharsets.UTF_8));
  }

  private static Form decode(String text) {
    MultiMap<String> fields = new MultiMap<>();
    try {
      UrlEncoded.decodeTo(text, fields, StandardCharsets.UTF_8);
    } catch (RuntimeException e) {
      throw new FairwayException(ErrorCode.INVALID,
          "the query or form is not percent-encoded UTF-8; write bytes as percent signs with two hexadecimal digits",
          e);
    }
    Map<String, List<String>> copy = new LinkedHashMap<>();
    fields.forEach((name, values) -> copy.put(name, new ArrayList<>(values)));
    return new Form(copy);
  }

  @Override
  public void multipart(Part.Consumer consumer) throws Exception {
    String boundary = HeaderParameters.of(header("Content-Type").orElse("")).get("boundary");
    if (!contentType().startsWith("multipart/")) {
      throw Refusal.mediaType(contentType(), List.of("multipart/form-data"));
    }
    if (boundary == null || boundary.isEmpty() || boundary.length() > 70) {
      throw new FairwayException(ErrorCode.INVALID,
          "the multipart content type names no boundary of 1 to 70 characters");
    }
    new Multipart(boundary, body()).forEach(consumer);
  }

  @Override
  public Call with(String name, String value) {
    response.addHeader(name, value);
    return this;
  }

  @Override
  public void json(int status, Object value) throws IOException {
    bytes(status, "application/json", Json.bytes(value));
  }

  @Override
  public void text(int status, String contentType, String text) throws IOException {
    bytes(status, contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void bytes(int status, String contentType, byte[] bytes) throws IOException {
    response.setStatus(status);
    response.setHeader("Content-Type", contentType);
    response.setContentLength(bytes.length);
    new AnswerStream(response).write(bytes);
  }

  @Override
  public void empty(int status) {
    response.setStatus(status);
    if (status != 204 && status != 304) {
      response.setContentLength(0);
    }
  }

  @Override
  public void content(Content content) throws IOException {
    try (SeekableByteChannel _ = content.channel()) {
      new ContentAnswer(request, response, content).send();
    }
  }

  @Override
  public void events(EventSink.Source source) throws Exception {
    response.setStatus(200);
    response.setHeader("Content-Type", "text/event-stream");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Accel-Buffering", "no");
    OutputStream out = new AnswerStream(response);
    out.flush();
    source.stream(new Sink(out));
  }

  private final class Sink implements EventSink {
    private final OutputStream out;
    private boolean gone;

    Sink(OutputStream out) {
      this.out = out;
    }

    @Override
    public void send(String eventId, String type, String data) throws IOException {
      StringBuilder text = new StringBuilder(data.length() + 64);
      if (!eventId.isEmpty()) {
        text.append("id: ").append(oneLine(eventId)).append('\n');
      }
      if (!type.isEmpty()) {
        text.append("event: ").append(oneLine(type)).append('\n');
      }
      data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
      write(text.append('\n').toString());
    }

    @Override
    public void beat() throws IOException {
      write(":\n\n");
    }

    @Override
    public boolean open() {
      return !gone && !draining.getAsBoolean();
    }

    private void write(String text) throws IOException {
      try {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
      } catch (IOException e) {
        gone = true;
        throw e;
      }
    }

    private static String oneLine(String text) {
      return text.replace("\r", "").replace("\n", "");
    }
  }
}
