package dev.fairway.automation.runtime;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a handler has done since it was started; a row of the status document. Safe for many threads. */
final class Counters {
  private final String label;
  private long uses;
  private long commands;
  private long errors;
  private @Nullable String errorMessage;
  private @Nullable Instant errorTime;

  Counters(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  synchronized void used() {
    uses++;
  }

  synchronized void commanded(int count) {
    commands += count;
  }

  synchronized void failed(String message, Instant at) {
    errors++;
    errorMessage = message;
    errorTime = at;
  }

  synchronized Snapshot snapshot() {
    return new Snapshot(label, uses, commands, errors, errorMessage, errorTime);
  }

  /** The counters at one moment. */
  record Snapshot(String label, long uses, long commands, long errors, @Nullable String errorMessage,
      @Nullable Instant errorTime) {}
}
