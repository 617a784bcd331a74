package dev.fairway.web;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Passes a body on up to its limit and then says {@code TOO_LARGE}. */
final class LimitedBody extends FilterInputStream {
  private final long limit;
  private long taken;

  LimitedBody(InputStream body, long limit) {
    super(body);
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    int b = in.read();
    if (b >= 0) {
      count(1);
    }
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int n = in.read(bytes, offset, length);
    if (n > 0) {
      count(n);
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    long skipped = in.skip(n);
    count(skipped);
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(long n) {
    taken += n;
    if (taken > limit) {
      throw new FairwayException(ErrorCode.TOO_LARGE, "the body is larger than " + limit + " bytes");
    }
  }
}
