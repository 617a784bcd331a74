package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.automation.sdk.OutsideSocket;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.LinkedHashMap;

/** Integrations' calls to the outside, by the node's client and within its egress policy. Safe for many threads. */
public final class Outside implements OutsideCalls {
  private final OutboundClient client;

  public Outside(OutboundClient client) {
    this.client = client;
  }

  @Override
  public OutsideSocket connect(URI url) throws IOException, InterruptedException {
    return OutsideConnection.open(client, url);
  }

  @Override
  public Answered send(OutsideCall call) throws IOException, InterruptedException {
    OutboundRequest request = OutboundRequest.of(call.method(), call.url());
    for (var header : call.headers().entrySet()) {
      if (!header.getKey().equalsIgnoreCase("Content-Type")) {
        request = request.header(header.getKey(), header.getValue());
      }
    }
    byte[] body = call.body();
    if (body.length > 0) {
      request = request.bytes(call.headers().getOrDefault("Content-Type", "application/octet-stream"), body);
    }
    return switch (client.send(request)) {
      case OutboundResult.Answered answered -> {
        var headers = new LinkedHashMap<String, String>();
        answered.headers().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        yield new Answered(answered.status(), headers, answered.body().bytes());
      }
      case OutboundResult.Refused(String why) -> throw new FairwayException(ErrorCode.EGRESS_REFUSED, why);
      case OutboundResult.TimedOut late when late.sent() -> throw new SocketTimeoutException(late.describe());
      case OutboundResult failed -> throw new IOException(failed.describe());
    };
  }
}
