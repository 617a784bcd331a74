package dev.fairway.web;

import io.javalin.config.JettyConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What carries calls to a listener: Jetty with HTTP/1.1 and HTTP/2, plain or encrypted, and a virtual thread for each call.
 * Safe for many threads once the listener is open.
 */
final class Transport {
  private static final Logger LOG = LoggerFactory.getLogger(Transport.class);
  /** How long a connection on which no call is under way may be silent once the listener closes, and how long it may last. */
  private static final Duration FAREWELL = Duration.ofMillis(250);
  private static final Duration LAST_FAREWELL = Duration.ofSeconds(1);

  private final WebConfig config;
  private final Drain drain = new Drain();
  private volatile @Nullable ServerConnector connector;

  Transport(WebConfig config) {
    this.config = config;
  }

  /** @param pages what is answered to requests that never became a call */
  void configure(JettyConfig jetty, Linger linger, ErrorPages pages) {
    QueuedThreadPool threads = new QueuedThreadPool(200, 8);
    threads.setName("web");
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    jetty.threadPool = threads;
    jetty.modifyHttpConfiguration(http -> {
      http.setSendServerVersion(false);
      http.setSendDateHeader(true);
      http.setRequestHeaderSize(config.maxHeaderBytes());
      http.setIdleTimeout(config.idle().toMillis());
      http.setUriCompliance(UriCompliance.DEFAULT);
      http.addCustomizer(linger);
      http.addCustomizer(drain);
      http.addCustomizer(new Silence(config.idle()));
    });
    jetty.modifyServer(server -> {
      server.setStopTimeout(LAST_FAREWELL.toMillis());
      server.setErrorHandler(pages);
    });
    jetty.modifyServletContextHandler(context -> context.setErrorHandler(pages));
    jetty.addConnector(this::connector);
  }

  private ServerConnector connector(Server server, HttpConfiguration http) {
    ServerConnector opened = config.tls().map(tls -> encrypted(server, http, new TlsFiles(tls)))
        .orElseGet(() -> new ServerConnector(server, new HttpConnectionFactory(http),
            new HTTP2CServerConnectionFactory(http)));
    opened.setHost(config.host());
    opened.setPort(config.port());
    opened.setIdleTimeout(config.idle().toMillis());
    opened.setAcceptQueueSize(1_024);
    // The calls under way keep their time when the connector is shut down.
    opened.setShutdownIdleTimeout(-1);
    connector = opened;
    return opened;
  }

  /* Callers check the name in the certificate; a node that is also reached by its address must not refuse them for it. */
  private static ServerConnector encrypted(Server server, HttpConfiguration http, TlsFiles files) {
    server.addBean(files);
    http.addCustomizer(new SecureRequestCustomizer(false));
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    HttpConnectionFactory http1 = new HttpConnectionFactory(http);
    alpn.setDefaultProtocol(http1.getProtocol());
    return new ServerConnector(server, new SslConnectionFactory(files.jetty(), alpn.getProtocol()), alpn,
        new HTTP2ServerConnectionFactory(http), http1);
  }

  /** Why nobody can call it; empty when it listens. */
  Optional<String> trouble() {
    ServerConnector opened = connector;
    return opened != null && opened.isRunning() && opened.isOpen()
        ? Optional.empty()
        : Optional.of("does not listen any more; restart the node");
  }

  /** Takes no new connections, and waits for the calls under way as long as the configuration says. */
  void drain() {
    ServerConnector opened = connector;
    if (opened == null) {
      return;
    }
    // What it gives waits for idle connections too.
    var _ = opened.shutdown();
    int left = drain.await(config.drain());
    if (left > 0) {
      LOG.warn("calls were still under way when the drain ended limit={} calls={}", config.drain(), left);
    }
    opened.setShutdownIdleTimeout(FAREWELL.toMillis());
  }
}
