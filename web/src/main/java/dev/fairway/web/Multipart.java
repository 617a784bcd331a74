package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content.Chunk;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code multipart/form-data} (RFC 7578) as it arrives: the parser is fed only when a part's reader asks for bytes,
 * so memory does not depend on size and nothing is written to disk.
 */
final class Multipart {
  private static final int BUFFER = 32 << 10;
  private static final int MOST_PARTS = 1_000;
  private static final int MOST_HEADERS = 8 << 10;

  private final InputStream body;
  private final MultiPart.Parser parser;
  private final ArrayDeque<Step> steps = new ArrayDeque<>();
  private final byte[] buffer = new byte[BUFFER];
  private Map<String, String> headers = new HashMap<>();

  /** What the parser saw, in order. */
  private sealed interface Step {
    record Begin(Map<String, String> headers) implements Step {}

    record Bytes(ByteBuffer bytes) implements Step {}

    record End() implements Step {}

    record Complete() implements Step {}
  }

  Multipart(String boundary, InputStream body) {
    this.body = body;
    this.parser = new MultiPart.Parser(boundary, new Listener());
    parser.setMaxParts(MOST_PARTS);
    parser.setPartHeadersMaxLength(MOST_HEADERS);
  }

  void forEach(Part.Consumer consumer) throws Exception {
    while (true) {
      switch (next()) {
        case Step.Begin(var fields) -> {
          PartBody part = new PartBody();
          consumer.accept(part(fields, part));
          part.skipRest();
        }
        case Step.Complete _ -> {
          return;
        }
        case Step.Bytes _,Step.End _ -> throw new IllegalStateException("bytes outside a part");
      }
    }
  }

  private Step next() throws IOException {
    while (steps.isEmpty()) {
      int n = body.read(buffer);
      try {
        parser.parse(n < 0 ? Chunk.EOF : Chunk.from(ByteBuffer.wrap(buffer, 0, n), false));
      } catch (RuntimeException e) {
        throw malformed(e);
      }
      if (n < 0 && steps.isEmpty()) {
        throw malformed(null);
      }
    }
    return steps.removeFirst();
  }

  private static FairwayException malformed(@Nullable Throwable cause) {
    String why = cause == null || cause.getMessage() == null ? "it ends before its last boundary" : cause.getMessage();
    return new FairwayException(ErrorCode.INVALID, "malformed multipart body: " + why, cause);
  }

  private static Part part(Map<String, String> fields, InputStream bytes) {
    String disposition = fields.getOrDefault("content-disposition", "");
    Map<String, String> parameters = HeaderParameters.of(disposition);
    String name = parameters.get("name");
    if (!HeaderParameters.value(disposition).equals("form-data") || name == null) {
      throw new FairwayException(ErrorCode.INVALID,
          "a part of the multipart body has no Content-Disposition: form-data with a name");
    }
    return new Part(name, Optional.ofNullable(parameters.get("filename")),
        Optional.ofNullable(fields.get("content-type")), bytes);
  }

  private final class Listener implements MultiPart.Parser.Listener {
    @Override
    public void onPartBegin() {
      headers = new HashMap<>();
    }

    @Override
    public void onPartHeader(String name, String value) {
      headers.put(name.toLowerCase(Locale.ROOT), value);
    }

    @Override
    public void onPartHeaders() {
      steps.add(new Step.Begin(headers));
    }

    @Override
    public void onPartContent(Chunk chunk) {
      if (chunk.hasRemaining()) {
        // The chunk is a slice of our buffer, or of what the parser held back; both are read before the next parse,
        // except the latter's tail, so it is copied out.
        ByteBuffer copy = ByteBuffer.allocate(chunk.remaining());
        copy.put(chunk.getByteBuffer().slice()).flip();
        steps.add(new Step.Bytes(copy));
      }
    }

    @Override
    public void onPartEnd() {
      steps.add(new Step.End());
    }

    @Override
    public void onComplete() {
      steps.add(new Step.Complete());
    }

    @Override
    public void onFailure(Throwable failure) {
      throw malformed(failure);
    }
  }

  private final class PartBody extends InputStream {
    private @Nullable ByteBuffer current;
    private boolean over;

    private boolean fill() throws IOException {
      while (!over && (current == null || !current.hasRemaining())) {
        switch (next()) {
          case Step.Bytes(var bytes) -> current = bytes;
          case Step.End _ -> over = true;
          case Step.Begin _,Step.Complete _ -> throw new IllegalStateException("a part without an end");
        }
      }
      return !over;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      ByteBuffer from = java.util.Objects.requireNonNull(current);
      int n = Math.min(length, from.remaining());
      from.get(bytes, offset, n);
      return n;
    }

    void skipRest() throws IOException {
      while (fill()) {
        current = null;
      }
    }
  }
}
