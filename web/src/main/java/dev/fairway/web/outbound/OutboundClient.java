package dev.fairway.web.outbound;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.jspecify.annotations.Nullable;

/**
 * Calls the outside within limits: times, answer size, connections a host, no redirects, no cookies, and only where its
 * policy allows. Connections are kept. Safe for many threads.
 */
public final class OutboundClient implements AutoCloseable {
  private static final int CHUNK = 32 << 10;
  private static final Duration SOCKET_IDLE = Duration.ofMinutes(5);

  private final OutboundConfig config;
  private final EgressPolicy policy;
  private final HttpClient client;
  private final WebSocketComponents sockets = new WebSocketComponents();

  /** The answer has more bytes than allowed. */
  private static final class TooMuch extends IOException {
    private static final long serialVersionUID = 1L;

    TooMuch(long limit) {
      super("the answer is larger than " + limit + " bytes");
    }
  }

  /** Reads an answer as it comes. */
  @FunctionalInterface
  public interface Reader {
    /** @param answer without its body, which is in {@code body}, up to the limit */
    void read(OutboundResult.Answered answer, InputStream body) throws IOException;
  }

  public OutboundClient(OutboundConfig config, EgressPolicy policy) {
    this.config = config;
    this.policy = policy;
    QueuedThreadPool threads = new QueuedThreadPool(64, 2);
    threads.setName("outbound");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    SslContextFactory.Client tls = new SslContextFactory.Client();
    config.tls().ifPresent(tls::setSslContext);
    ClientConnector connector = new ClientConnector();
    connector.setSslContextFactory(tls);
    connector.setExecutor(threads);
    client = new HttpClient(new HttpClientTransportDynamic(connector));
    client.setExecutor(threads);
    client.setFollowRedirects(false);
    client.setHttpCookieStore(new HttpCookieStore.Empty());
    client.setUserAgentField(
        new HttpField(HttpHeader.USER_AGENT, "fairway"));
    client.setConnectTimeout(config.connect().toMillis());
    client.setMaxConnectionsPerDestination(config.perHost());
    client.setMaxRequestsQueuedPerDestination(config.queuedPerHost());
    client.setIdleTimeout(config.silence().toMillis());
    client.setDestinationIdleTimeout(300_000);
    client.setSocketAddressResolver(new JudgedAddresses(policy, threads));
    client.addBean(sockets);
    try {
      client.start();
    } catch (Exception e) {
      throw new IllegalStateException("the outbound client does not start", e);
    }
    client.getContentDecoderFactories().clear();
    // A 401 is an answer like any other, also from servers that leave its challenge out.
    client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
  }

  public EgressPolicy policy() {
    return policy;
  }

  /** Calls, and waits for the whole answer. */
  public OutboundResult send(OutboundRequest request) throws InterruptedException {
    CompletableFuture<OutboundResult> result = sendAsync(request);
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an outbound call ended without a result", e);
    } catch (InterruptedException e) {
      result.cancel(true);
      throw e;
    }
  }

  /** Calls; the future is always completed with a result. Cancelling it aborts the call. */
  public CompletableFuture<OutboundResult> sendAsync(OutboundRequest request) {
    Optional<String> refusal = policy.refusal(request.url());
    if (refusal.isPresent()) {
      return CompletableFuture.completedFuture(new OutboundResult.Refused(refusal.get()));
    }
    long limit = request.responseLimit().orElse(config.responseLimit());
    Attempt attempt = new Attempt(config, request.url(), request.total().orElse(config.total()));
    Request call = prepare(request, attempt);
    CompletableFuture<OutboundResult> future = new CompletableFuture<>();
    call.send(new Collector(limit, result -> future.complete(conclude(result, attempt))));
    var _ = future.whenComplete((_, e) -> {
      if (e != null) {
        var _ = call.abort(e);
      }
    });
    return future;
  }

  /**
   * Calls, and hands the answer to a reader as it comes, whatever its status.
   *
   * @return {@code Answered} with an empty body once the reader is through
   * @throws FairwayException what the reader throws; {@code TOO_LARGE} when the answer is beyond the limit
   */
  public OutboundResult stream(OutboundRequest request, Reader reader) throws InterruptedException {
    Optional<String> refusal = policy.refusal(request.url());
    if (refusal.isPresent()) {
      return new OutboundResult.Refused(refusal.get());
    }
    Duration total = request.total().orElse(config.total());
    Attempt attempt = new Attempt(config, request.url(), total);
    Request call = prepare(request, attempt);
    try (InputStreamResponseListener listener = new InputStreamResponseListener()) {
      call.send(listener);
      Response response = listener.get(total.toMillis(), TimeUnit.MILLISECONDS);
      OutboundResult.Answered answer = new OutboundResult.Answered(response.getStatus(), headers(response.getHeaders()),
          Payload.EMPTY);
      try (InputStream body = new Limited(listener.getInputStream(),
          request.responseLimit().orElse(config.responseLimit()))) {
        reader.read(answer, body);
      } catch (IOException | RuntimeException e) {
        var _ = call.abort(e);
        throw e;
      }
      return answer;
    } catch (TimeoutException e) {
      var _ = call.abort(e);
      return attempt.late();
    } catch (ExecutionException e) {
      return attempt.failed(e.getCause() == null ? e : e.getCause());
    } catch (TooMuch e) {
      throw new FairwayException(ErrorCode.TOO_LARGE, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      return attempt.failed(e);
    }
  }

  /**
   * Opens a WebSocket, within the same limits as a call: where it may go, whom it believes, the time until it is open, and
   * the bytes of each message that comes. Redirects are refusals. Over an open one nothing may go for five minutes; what
   * expects longer silence sends pings. It is open until somebody closes it, or this client is closed.
   *
   * @param url {@code wss}, or {@code ws} where the policy allows that
   * @param listener as the JDK calls it; it is told that it is open before the future is completed
   * @return fails with a {@link FairwayException}: {@code EGRESS_REFUSED}, or {@code PEER_FAILED} when it cannot be opened.
   * Cancelling it gives up, and a connection that opens all the same is aborted.
   * @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455, The WebSocket Protocol</a>
   */
  public CompletableFuture<WebSocket> open(URI url, WebSocket.Listener listener) {
    Optional<String> refusal = policy.socketRefusal(url);
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(new FairwayException(ErrorCode.EGRESS_REFUSED, refusal.get()));
    }
    // ws is http, and wss https, until the connection is upgraded.
    URI http = URI.create("http" + url.toString().substring("ws".length()));
    Attempt attempt = new Attempt(config, url, config.total());
    Request call = attempt.over(client.newRequest(http));
    CompletableFuture<WebSocket> opening = new SocketUpgrade(client, sockets, SOCKET_IDLE,
        new OutboundSocket(listener, config.responseLimit())).send(call);
    CompletableFuture<WebSocket> told = opening.exceptionallyCompose(e -> CompletableFuture.failedFuture(
        notOpened(url, attempt.failed(e))));
    var _ = told.whenComplete((_, e) -> {
      if (e instanceof CancellationException) {
        var _ = call.abort(e);
        var _ = opening.thenAccept(WebSocket::abort);
      }
    });
    return told;
  }

  private static FairwayException notOpened(URI url, OutboundResult result) {
    // A query may hold a key.
    return result instanceof OutboundResult.Refused(String why)
        ? new FairwayException(ErrorCode.EGRESS_REFUSED, why)
        : new FairwayException(ErrorCode.PEER_FAILED,
            "cannot connect to " + url.getScheme() + "://" + url.getAuthority() + ": " + result.describe());
  }

  /** Aborts the calls under way and closes the connections. */
  @Override
  public void close() {
    try {
      client.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the outbound client does not stop", e);
    }
  }

  private Request prepare(OutboundRequest request, Attempt attempt) {
    Request call = attempt.over(client.newRequest(request.url()).method(request.method()));
    call.headers(fields -> request.headers().forEach(header -> fields.add(header.getKey(), header.getValue())));
    switch (request.body()) {
      case OutboundRequest.Body.None _ -> call.body(null);
      case OutboundRequest.Body.Bytes(var type, var bytes) -> call.body(new BytesRequestContent(type, bytes.bytes()));
      case OutboundRequest.Body.Streamed(var type, var bytes) -> call.body(new InputStreamRequestContent(type, bytes,
          new ByteBufferPool.Sized(client.getByteBufferPool(), false, CHUNK)));
    }
    return call;
  }

  private static OutboundResult conclude(Collector.Outcome outcome, Attempt attempt) {
    Result result = outcome.result();
    Throwable failure = result.getFailure();
    // An answer that came in full counts, even when the other side did not care to read the request to its end.
    if (failure == null || (result.getResponseFailure() == null && result.getResponse().getStatus() > 0)) {
      Response response = result.getResponse();
      return new OutboundResult.Answered(response.getStatus(), headers(response.getHeaders()),
          new Payload(outcome.body()));
    }
    return attempt.failed(failure);
  }

  private static Map<String, List<String>> headers(HttpFields fields) {
    Map<String, List<String>> headers = new HashMap<>();
    fields.forEach(field -> headers.computeIfAbsent(field.getName().toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
        .add(field.getValue() == null ? "" : field.getValue()));
    return headers;
  }

  /** Gathers an answer up to its limit. */
  private static final class Collector extends BufferingResponseListener {
    private final java.util.function.Consumer<Outcome> then;

    /** How the exchange ended. */
    private static final class Outcome {
      private final Result result;
      private final byte @Nullable [] body;

      Outcome(Result result, byte @Nullable [] body) {
        this.result = result;
        this.body = body;
      }

      Result result() {
        return result;
      }

      byte[] body() {
        return body == null ? new byte[0] : body;
      }
    }

    Collector(long limit, java.util.function.Consumer<Outcome> then) {
      super((int) Math.min(limit, Integer.MAX_VALUE - 16));
      this.then = then;
    }

    @Override
    public void onComplete(Result result) {
      then.accept(new Outcome(result, getContent()));
    }
  }

  /** Passes an answer on up to its limit. */
  private static final class Limited extends java.io.FilterInputStream {
    private final long limit;
    private long taken;

    Limited(InputStream body, long limit) {
      super(body);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      return b < 0 ? b : count(1, b);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int n = in.read(bytes, offset, length);
      return n < 0 ? n : count(n, n);
    }

    private int count(int n, int result) throws TooMuch {
      taken += n;
      if (taken > limit) {
        throw new TooMuch(limit);
      }
      return result;
    }
  }
}
