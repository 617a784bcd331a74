package dev.fairway.web;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** An error told as RFC 9457 {@code application/problem+json}. */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1L;
  /** The type that says no more than the status does. */
  public static final URI BLANK = URI.create("about:blank");

  private final int status;
  private final transient URI type;
  private final String title;
  private final transient Map<String, Object> members;

  /** A problem known by its status. */
  public Problem(int status, String detail) {
    this(status, BLANK, Reasons.phrase(status), detail, Map.of());
  }

  /**
   * A problem with a type of its own.
   *
   * @param members further members, in order; what JSON can say
   */
  public Problem(int status, URI type, String title, String detail, Map<String, Object> members) {
    super(detail);
    this.status = status;
    this.type = type;
    this.title = title;
    this.members = new LinkedHashMap<>(members);
  }

  /** The same with one more member. */
  public Problem with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(members);
    more.put(name, value);
    return new Problem(status, type, title, String.valueOf(getMessage()), more);
  }

  public int status() {
    return status;
  }

  public URI type() {
    return type;
  }

  public String title() {
    return title;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  public Map<String, Object> members() {
    return Map.copyOf(members);
  }
}
