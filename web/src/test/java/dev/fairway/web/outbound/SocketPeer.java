package dev.fairway.web.outbound;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/**
 * A WebSocket server on this machine that gives back what it is sent, and does more when it is asked to. It is at
 * {@code /socket}; from anywhere else it points there.
 */
public final class SocketPeer implements AutoCloseable {
  /** Asks for a message of so many characters: {@code long 5000}. */
  static final String LONG = "long ";
  static final String BINARY = "binary";
  static final String BYE = "bye";

  private final Server server = new Server();
  private final ServerConnector connector;
  private final String scheme;
  private final List<Session> sessions = new ArrayList<>();

  /** @param tls what it shows and believes; who does not show a certificate it believes is not let in */
  public SocketPeer(Optional<SSLContext> tls) throws Exception {
    SslContextFactory.Server secure = new SslContextFactory.Server();
    tls.ifPresent(secure::setSslContext);
    secure.setNeedClientAuth(true);
    connector = tls.isPresent() ? new ServerConnector(server, secure) : new ServerConnector(server);
    scheme = tls.isPresent() ? "wss" : "ws";
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    WebSocketUpgradeHandler sockets = WebSocketUpgradeHandler.from(server, container -> {
      container.setIdleTimeout(Duration.ofMinutes(5));
      container.addMapping("/socket", (_, _, _) -> new Client());
    });
    sockets.setHandler(new Handler.Abstract() {
      @Override
      public boolean handle(Request request, Response response, org.eclipse.jetty.util.Callback callback) {
        Response.sendRedirect(request, response, callback, "/socket");
        return true;
      }
    });
    server.setHandler(sockets);
    server.start();
  }

  public URI url() {
    return url("127.0.0.1");
  }

  URI url(String host) {
    return URI.create(scheme + "://" + host + ":" + connector.getLocalPort() + "/socket");
  }

  synchronized void pingAll() {
    sessions.forEach(session -> session.sendPing(ByteBuffer.wrap(new byte[]{1}), Callback.NOOP));
  }

  /** Cuts every connection without a word. */
  synchronized void cut() {
    sessions.forEach(Session::disconnect);
  }

  synchronized long open() {
    return sessions.stream().filter(Session::isOpen).count();
  }

  private synchronized void came(Session session) {
    sessions.add(session);
  }

  /** Is public for the server, which calls it. */
  public final class Client extends Session.Listener.AbstractAutoDemanding {
    @Override
    public void onWebSocketOpen(Session session) {
      super.onWebSocketOpen(session);
      came(session);
    }

    @Override
    public void onWebSocketText(String message) {
      if (message.equals(BYE)) {
        getSession().close(4000, "as asked", Callback.NOOP);
      } else if (message.equals(BINARY)) {
        getSession().sendBinary(ByteBuffer.wrap(new byte[]{1, 2}), Callback.NOOP);
      } else {
        getSession().sendText(message.startsWith(LONG)
            ? "x".repeat(Integer.parseInt(message.substring(LONG.length())))
            : message, Callback.NOOP);
      }
    }

    @Override
    public void onWebSocketError(Throwable cause) {
      // Tests cut connections.
    }
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
