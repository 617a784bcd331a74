package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;

/**
 * Passes a body on as long as it stays within its limit and comes fast enough, and turns what can go wrong on the way
 * into the answer it deserves.
 */
final class LimitedBody extends InputStream {
  /** A slow start is no attack. */
  private static final long GRACE = TimeUnit.SECONDS.toNanos(2);

  private final InputStream body;
  private final long limit;
  private final long minRate;
  private final long start = System.nanoTime();
  private long taken;
  private boolean lost;

  /** @param minRate least bytes a second; 0 for any */
  LimitedBody(InputStream body, long limit, long minRate) {
    this.body = body;
    this.limit = limit;
    this.minRate = minRate;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n;
    try {
      n = body.read(bytes, offset, length);
    } catch (IOException | RuntimeException e) {
      lost = true;
      throw broken(e);
    }
    if (n > 0) {
      count(n);
    }
    return n;
  }

  /** Whether the rest is not worth waiting for: the body broke off, stopped, or comes too slowly. */
  boolean lost() {
    return lost;
  }

  private void count(int n) {
    taken += n;
    if (taken > limit) {
      throw new FairwayException(ErrorCode.TOO_LARGE, "the body is larger than " + limit + " bytes");
    }
    if (minRate > 0) {
      long elapsed = System.nanoTime() - start;
      if (elapsed > GRACE && taken < minRate * (elapsed / 1_000_000_000.0)) {
        lost = true;
        throw new Refusal(408, "the body comes slower than " + minRate + " bytes a second");
      }
    }
  }

  private static Refusal broken(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof TimeoutException) {
        return new Refusal(408, "the body stopped coming");
      }
      if (cause instanceof HttpException http && http.getCode() < 500) {
        return new Refusal(http.getCode(), "the body is not well-formed HTTP");
      }
    }
    return new Refusal(400, "the body broke off");
  }
}
