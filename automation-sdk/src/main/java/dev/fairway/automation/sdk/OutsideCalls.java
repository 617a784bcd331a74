package dev.fairway.automation.sdk;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** HTTP to the outside: with time-outs, a limit on the answer, no redirects, and the node's egress policy. */
public interface OutsideCalls {
  /**
   * Sends once. Whether to try again is the work's to decide: throw, and the delivery comes again later.
   *
   * @throws IOException when no answer came, or it was too large
   * @throws dev.fairway.core.FairwayException with {@code EGRESS_REFUSED} when the node may not call there
   */
  HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException;
}
