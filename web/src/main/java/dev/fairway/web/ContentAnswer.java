package dev.fairway.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers with stored bytes under the request's conditions and range (RFC 9110, sections 13 and 14). */
final class ContentAnswer {
  private static final int BUFFER = 64 << 10;
  private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME;

  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final Content content;

  ContentAnswer(HttpServletRequest request, HttpServletResponse response, Content content) {
    this.request = request;
    this.response = response;
    this.content = content;
  }

  void send() throws IOException {
    content.etag().ifPresent(etag -> response.setHeader("ETag", "\"" + etag + "\""));
    content.modified().ifPresent(
        time -> response.setHeader("Last-Modified", HTTP_DATE.format(time.atZone(ZoneOffset.UTC))));
    int condition = condition();
    if (condition == 412) {
      throw new Refusal(412, "the stored bytes are not those the request is conditional on");
    }
    if (condition == 304) {
      response.setStatus(304);
      return;
    }
    SeekableByteChannel channel = content.channel();
    long size = channel.size();
    response.setHeader("Accept-Ranges", "bytes");
    switch (range(size)) {
      case ByteRange.Whole _ -> copy(200, channel, 0, size);
      case ByteRange.Slice(var first, var length) -> {
        response.setHeader("Content-Range", "bytes " + first + "-" + (first + length - 1) + "/" + size);
        copy(206, channel, first, length);
      }
      case ByteRange.Unsatisfiable _ -> {
        response.setHeader("Content-Range", "bytes */" + size);
        throw new Refusal(416, "there are " + size + " bytes; the range lies behind them");
      }
    }
  }

  private ByteRange range(long size) {
    String header = request.getHeader("Range");
    String ifRange = request.getHeader("If-Range");
    boolean current = ifRange == null || matches(ifRange, false) || ifRange.equals(response.getHeader("Last-Modified"));
    return header == null || !current ? new ByteRange.Whole() : ByteRange.parse(header, size);
  }

  /** 412, 304, or 200 to go on; in the order of RFC 9110, section 13.2.2. */
  private int condition() {
    String ifMatch = request.getHeader("If-Match");
    if (ifMatch != null) {
      if (!matches(ifMatch, false)) {
        return 412;
      }
    } else if (content.modified().isPresent()) {
      Optional<Instant> since = date(request.getHeader("If-Unmodified-Since"));
      if (since.isPresent() && seconds(content.modified().get()).isAfter(since.get())) {
        return 412;
      }
    }
    String ifNoneMatch = request.getHeader("If-None-Match");
    if (ifNoneMatch != null) {
      return matches(ifNoneMatch, true) ? 304 : 200;
    }
    Optional<Instant> since = date(request.getHeader("If-Modified-Since"));
    boolean unchanged = since.isPresent() && content.modified().isPresent()
        && !seconds(content.modified().get()).isAfter(since.get());
    return unchanged ? 304 : 200;
  }

  /** Whether a list of entity tags has ours; a weak tag counts only where weak comparison is allowed. */
  private boolean matches(String header, boolean weak) {
    if (header.strip().equals("*")) {
      return true;
    }
    if (content.etag().isEmpty()) {
      return false;
    }
    String ours = "\"" + content.etag().get() + "\"";
    int at = 0;
    while (true) {
      int found = header.indexOf(ours, at);
      if (found < 0) {
        return false;
      }
      boolean isWeak = found >= 2 && header.startsWith("W/", found - 2);
      if (weak || !isWeak) {
        return true;
      }
      at = found + ours.length();
    }
  }

  private static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  private static Optional<Instant> date(@Nullable String header) {
    if (header == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(ZonedDateTime.parse(header.strip(), HTTP_DATE).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private void copy(int status, SeekableByteChannel channel, long first, long length) throws IOException {
    response.setStatus(status);
    response.setHeader("Content-Type", content.contentType());
    response.setContentLengthLong(length);
    if (request.getMethod().equals("HEAD")) {
      return;
    }
    OutputStream out = new AnswerStream(response);
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER, Math.max(1, length)));
    channel.position(first);
    long left = length;
    while (left > 0) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), left));
      int n = channel.read(buffer);
      if (n < 0) {
        throw new EOFException("the stored bytes end " + left + " short");
      }
      out.write(buffer.array(), 0, n);
      left -= n;
    }
  }
}
