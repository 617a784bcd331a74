package dev.fairway.web.outbound;

import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpResponseException;
import org.eclipse.jetty.client.HttpUpgrader;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.Behavior;
import org.eclipse.jetty.websocket.core.ExtensionStack;
import org.eclipse.jetty.websocket.core.Negotiated;
import org.eclipse.jetty.websocket.core.WebSocketComponents;
import org.eclipse.jetty.websocket.core.WebSocketConnection;
import org.eclipse.jetty.websocket.core.WebSocketConstants;
import org.eclipse.jetty.websocket.core.WebSocketCoreSession;
import org.eclipse.jetty.websocket.core.util.WebSocketUtils;

/**
 * The opening handshake of a WebSocket, without extensions and sub-protocols, over a connection of an HTTP client that judges
 * where it connects to. The frames are Jetty's.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455#section-4.1">RFC 6455, 4.1, Client Requirements</a>
 */
final class SocketUpgrade implements HttpUpgrader {
  private final HttpClient client;
  private final WebSocketComponents components;
  private final Duration idle;
  private final OutboundSocket socket;
  private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
  private final String key = newKey();

  /** @param idle time without a byte in either direction after which the connection is taken for abandoned */
  SocketUpgrade(HttpClient client, WebSocketComponents components, Duration idle, OutboundSocket socket) {
    this.client = client;
    this.components = components;
    this.idle = idle;
    this.socket = socket;
  }

  private static String newKey() {
    byte[] nonce = new byte[16];
    ThreadLocalRandom.current().nextBytes(nonce);
    return Base64.getEncoder().encodeToString(nonce);
  }

  /**
   * Asks for the upgrade.
   *
   * @param request to the URL; its time limit holds for the handshake, and not for what comes after it
   * @return fails with what kept it from opening; an answer that is no upgrade is an {@link HttpResponseException}
   */
  CompletableFuture<WebSocket> send(Request request) {
    request.method(HttpMethod.GET).version(HttpVersion.HTTP_1_1)
        .attribute(HttpUpgrader.Factory.class.getName(), (HttpUpgrader.Factory) _ -> this)
        .onResponseHeaders(SocketUpgrade::refuseOtherAnswers).send(this::concluded);
    return opened;
  }

  /* Of an answer that is no upgrade not a byte is read. */
  private static void refuseOtherAnswers(Response response) {
    if (response.getStatus() != HttpStatus.SWITCHING_PROTOCOLS_101) {
      var _ = response.abort(new HttpResponseException("answered " + response.getStatus(), response));
    }
  }

  private void concluded(Result result) {
    Throwable failure = result.getFailure();
    if (failure != null) {
      opened.completeExceptionally(failure);
    }
  }

  @Override
  public void prepare(Request request) {
    request.headers(headers -> headers.put(HttpHeader.UPGRADE, "websocket").put(HttpHeader.CONNECTION, "Upgrade")
        .put(HttpHeader.SEC_WEBSOCKET_VERSION, WebSocketConstants.SPEC_VERSION_STRING)
        .put(HttpHeader.SEC_WEBSOCKET_KEY, key));
  }

  @Override
  public void upgrade(Response response, EndPoint endPoint, Callback callback) {
    String expected = WebSocketUtils.hashKey(key);
    if (!response.getHeaders().contains(HttpHeader.UPGRADE, "websocket")
        || !response.getHeaders().contains(HttpHeader.CONNECTION, "Upgrade")
        || !expected.equals(response.getHeaders().get(HttpHeader.SEC_WEBSOCKET_ACCEPT))
        || response.getHeaders().contains(HttpHeader.SEC_WEBSOCKET_EXTENSIONS)
        || response.getHeaders().contains(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL)) {
      callback.failed(new HttpResponseException("the answer does not accept the WebSocket that was asked for",
          response));
      return;
    }
    var none = new ExtensionStack(components, Behavior.CLIENT);
    none.negotiate(List.of(), List.of());
    var session = new WebSocketCoreSession(socket, Behavior.CLIENT,
        new Negotiated(response.getRequest().getURI(), "", response.getRequest().getScheme().equals("https"), none,
            WebSocketConstants.SPEC_VERSION_STRING),
        components);
    session.setIdleTimeout(idle);
    var connection = new WebSocketConnection(endPoint, client.getExecutor(), client.getScheduler(),
        client.getByteBufferPool(), session);
    session.setWebSocketConnection(connection);
    endPoint.upgrade(connection);
    opened.complete(socket);
    callback.succeeded();
  }
}
