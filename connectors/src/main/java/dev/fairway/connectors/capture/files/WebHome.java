package dev.fairway.connectors.capture.files;

import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;

/** Files below a web address, from the middle on where the server can (ranges, RFC 9110 section 14). */
final class WebHome implements FileHome {
  private static final int PARTIAL = 206;
  private static final int NOT_SATISFIABLE = 416;

  private final URI below;
  private final OutboundClient outbound;

  WebHome(String location) {
    below = URI.create(location.replaceAll("/*$", "/"));
    // Whoever configures the capture says where it goes.
    outbound = new OutboundClient(OutboundConfig.defaults().withResponseLimit(Long.MAX_VALUE), EgressPolicy.trusting());
  }

  @Override
  public List<String> names() {
    return List.of();
  }

  @Override
  public void require(String name) {
    // To ask is to read.
  }

  @Override
  public void read(String name, long offset, Reader reader) throws IOException, InterruptedException {
    URI address = below.resolve(name);
    OutboundRequest whole = OutboundRequest.get(address);
    OutboundRequest request = offset == 0 ? whole : whole.header("Range", "bytes=" + offset + "-");
    OutboundResult result = outbound.stream(request, (answer, body) -> {
      if (answer.status() == PARTIAL) {
        String range = answer.header("Content-Range").orElse("");
        if (!range.startsWith("bytes " + offset + "-")) {
          throw new IOException(address + " answers with another range than was asked for: \"" + range + "\"");
        }
        reader.read(body);
      } else if (answer.ok()) {
        skip(body, offset);
        reader.read(body);
      } else if (offset > 0 && answer.status() == NOT_SATISFIABLE) {
        reader.read(InputStream.nullInputStream());
      }
    });
    boolean read = result instanceof OutboundResult.Answered answer
        && (answer.ok() || (offset > 0 && answer.status() == NOT_SATISFIABLE));
    if (!read) {
      throw new IOException("cannot read " + address + ": " + result.describe());
    }
  }

  /* Up to the end, where the file is shorter: then there is nothing to read, and who reads tells. */
  private static void skip(InputStream in, long bytes) throws IOException {
    long left = bytes;
    while (left > 0) {
      long skipped = in.skip(left);
      if (skipped == 0 && in.read() < 0) {
        return;
      }
      left -= Math.max(1, skipped);
    }
  }

  @Override
  public void close() {
    outbound.close();
  }
}
