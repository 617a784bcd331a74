package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import nl.altindag.ssl.SSLFactory;
import nl.altindag.ssl.exception.GenericException;
import nl.altindag.ssl.pem.util.PemUtils;
import nl.altindag.ssl.util.SSLFactoryUtils;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Certificate and key of a listener or a caller, looked at every minute while it runs and taken in anew when the files have changed. */
final class TlsFiles extends AbstractLifeCycle {
  private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final Tls tls;
  private final SSLFactory inUse;
  private List<FileTime> seen;
  private volatile Thread watching = Thread.currentThread();

  /** @throws FairwayException with {@code CONFIGURATION}, naming the file and what is wrong with it */
  TlsFiles(Tls tls) {
    this.tls = tls;
    this.seen = times();
    this.inUse = read(SSLFactory.builder().withSwappableIdentityMaterial().withSwappableTrustMaterial());
  }

  /** What connections are opened with; it follows the files. */
  SSLContext context() {
    return inUse.getSslContext();
  }

  /** What Jetty takes TLS connections with; it follows the files. */
  SslContextFactory.Server jetty() {
    SslContextFactory.Server factory = new SslContextFactory.Server();
    factory.setSslContext(context());
    factory.setWantClientAuth(tls.authorities().isPresent());
    factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    return factory;
  }

  /** Takes the files in if they have changed; keeps what it has if they cannot be used. */
  synchronized void refresh() {
    List<FileTime> now = times();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      SSLFactoryUtils.reload(inUse, read(SSLFactory.builder()));
      LOG.info("certificate taken in anew file={}", tls.certificate());
    } catch (FairwayException e) {
      LOG.warn("the old certificate stays in use: {}", e.getMessage());
    }
  }

  private SSLFactory read(SSLFactory.Builder builder) {
    try {
      builder.withIdentityMaterial(PemUtils.loadIdentityMaterial(tls.certificate(), tls.key()));
      tls.authorities().ifPresentOrElse(
          authorities -> builder.withTrustMaterial(PemUtils.loadTrustMaterial(authorities)),
          builder::withDefaultTrustMaterial);
      return builder.build();
    } catch (GenericException | IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot use " + tls.certificate() + " and " + tls.key()
          + " for TLS: " + e.getMessage() + "; both must be PEM, and the key must not be encrypted", e);
    }
  }

  private List<FileTime> times() {
    return Stream.concat(Stream.of(tls.certificate(), tls.key()), tls.authorities().stream())
        .map(TlsFiles::changed).toList();
  }

  private static FileTime changed(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot read " + file + " for TLS", e);
    }
  }

  @Override
  protected void doStart() {
    watching = Thread.ofVirtual().name("tls-files").start(() -> {
      while (isStarting() || isRunning()) {
        try {
          Thread.sleep(PAUSE);
          refresh();
        } catch (InterruptedException e) {
          return;
        } catch (FairwayException | GenericException e) {
          LOG.warn("the old certificate stays in use: {}", e.getMessage());
        }
      }
    });
  }

  @Override
  protected void doStop() {
    watching.interrupt();
  }
}
