package dev.fairway.web;

import dev.fairway.core.FairwayException;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * The certificate a node proves itself with where it calls others (mutual TLS), taken in anew when its files change. Safe
 * for many threads.
 */
public final class ClientTls implements AutoCloseable {
  private final TlsFiles files;

  /**
   * Reads the files, and watches them until it is closed.
   *
   * @param tls its authorities are whom the called sides' certificates must be of; those the platform trusts when absent
   * @throws FairwayException with {@code CONFIGURATION}, naming the file and what is wrong with it
   */
  public ClientTls(Tls tls) {
    files = new TlsFiles(tls);
    LifeCycle.start(files);
  }

  /** To call with; it follows the files. */
  public SSLContext context() {
    return files.context();
  }

  @Override
  public void close() {
    LifeCycle.stop(files);
  }
}
