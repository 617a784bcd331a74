package dev.fairway.web;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * The calls under way at a listener, from their headers until the last byte of their answers is written, so that a listener
 * that closes can wait for them. Safe for many threads.
 *
 * <p>Jetty's own stop does not: it gives every connection it still has a moment of silence and then cuts it off, be a call
 * under way on it or not. A handler that thinks, a caller that sends slowly and one that reads slowly are all silent.
 */
final class Drain implements HttpConfiguration.Customizer {
  private int underWay;

  @Override
  public Request customize(Request request, HttpFields.Mutable headers) {
    begun();
    Request.addCompletionListener(request, _ -> ended());
    return request;
  }

  private synchronized void begun() {
    underWay++;
  }

  private synchronized void ended() {
    underWay--;
    notifyAll();
  }

  /**
   * Waits until no call is under way.
   *
   * @return how many still were when the time was over; an interrupt ends it too, and stays set
   */
  synchronized int await(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      for (long left = limit.toNanos(); underWay > 0 && left > 0; left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return underWay;
  }
}
