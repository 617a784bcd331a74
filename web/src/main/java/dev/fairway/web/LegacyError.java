package dev.fairway.web;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An error with the wire shape of the old APIs: {@code {"errors":[{status, code, title, detail, source}]}}. Its code and
 * title are made from its name: {@code CallbackURLValidationError} is told as {@code callback-url-validation-error} and
 * {@code Callback URL Validation Error}.
 */
public final class LegacyError extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String GENERIC = "generic-http-error";

  private final int status;
  private final String errorCode;
  private final String title;
  private final transient Optional<Body> body;

  private record Body(String detail, Object source) {}

  private LegacyError(int status, String errorCode, String title, Optional<Body> body) {
    super(body.map(Body::detail).orElse(title));
    this.status = status;
    this.errorCode = errorCode;
    this.title = title;
    this.body = body;
  }

  /**
   * An error with a name of its own.
   *
   * @param name in camel case, runs of capitals kept together: {@code MessageAbsoluteURLError}
   * @param source what caused it; anything JSON can say, usually a list
   */
  public LegacyError(int status, String name, String detail, Object source) {
    this(status, code(name), title(name), Optional.of(new Body(detail, source)));
  }

  /** An error known by its status only, with detail and an empty source. */
  public static LegacyError generic(int status, String detail) {
    return generic(status, detail, List.of());
  }

  /** An error known by its status only. */
  public static LegacyError generic(int status, String detail, Object source) {
    return generic(status, Reasons.phrase(status), detail, source);
  }

  /** An error with the generic code and a title of its own, {@code Message Not Found Error}. */
  public static LegacyError generic(int status, String title, String detail, Object source) {
    return new LegacyError(status, GENERIC, title, Optional.of(new Body(detail, source)));
  }

  /** An error of the HTTP layer: status, code and title, no more. */
  public static LegacyError framework(int status) {
    return new LegacyError(status, GENERIC, Reasons.phrase(status), Optional.empty());
  }

  public int status() {
    return status;
  }

  public String code() {
    return errorCode;
  }

  public String title() {
    return title;
  }

  /** Empty together with {@link #source}. */
  public Optional<String> detail() {
    return body.map(Body::detail);
  }

  public Optional<Object> source() {
    return body.map(Body::source);
  }

  /** {@code CallbackURLValidationError} as {@code callback-url-validation-error}. */
  public static String code(String name) {
    return title(name).toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  /** {@code CallbackURLValidationError} as {@code Callback URL Validation Error}. */
  public static String title(String name) {
    StringBuilder words = new StringBuilder(name.length() + 8);
    for (int i = 0; i < name.length(); i++) {
      boolean startsWord = i > 0 && Character.isUpperCase(name.charAt(i))
          && (!Character.isUpperCase(name.charAt(i - 1))
              || (i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1))));
      if (startsWord) {
        words.append(' ');
      }
      words.append(name.charAt(i));
    }
    return words.toString();
  }
}
