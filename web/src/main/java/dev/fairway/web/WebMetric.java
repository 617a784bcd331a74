package dev.fairway.web;

/** What this room measures. */
public enum WebMetric {
  /** Answered calls and their time. */
  REQUESTS("fairway.http.requests", "seconds", "door, method, route, status",
      "Calls answered, by route and class of status, with the time from the first byte in to the last byte out."),
  /** Calls under way. */
  ACTIVE("fairway.http.active", "calls", "address",
      "Calls under way now, by listener; near the configured bound for all of them together, more are turned down."),
  /** Calls that were turned down before their handler. */
  REFUSED("fairway.http.refused", "calls", "reason",
      "Calls turned down before their handler ran: busy (503) or over their caller's rate (429).");

  private final String id;
  private final String unit;
  private final String labels;
  private final String meaning;

  WebMetric(String id, String unit, String labels, String meaning) {
    this.id = id;
    this.unit = unit;
    this.labels = labels;
    this.meaning = meaning;
  }

  /** The meter's name. */
  public String id() {
    return id;
  }

  public String unit() {
    return unit;
  }

  /** The names of its labels, separated by commas. */
  public String labels() {
    return labels;
  }

  /** One sentence for an operator. */
  public String meaning() {
    return meaning;
  }
}
