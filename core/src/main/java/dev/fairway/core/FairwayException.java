package dev.fairway.core;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The outside failed, or the asker erred. The message carries the values and, where there is one, the mend; it never
 * carries a secret. What a caller plans for is a case of a sealed result instead, and a bug is an
 * {@link IllegalStateException}.
 */
public final class FairwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public FairwayException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public FairwayException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = Objects.requireNonNull(code);
  }

  public ErrorCode code() {
    return code;
  }
}
