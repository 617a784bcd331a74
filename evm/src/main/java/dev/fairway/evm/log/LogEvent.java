package dev.fairway.evm.log;

import dev.fairway.evm.rpc.LogEntry;

/** What a follower tells of a log. */
public sealed interface LogEvent {
  LogEntry log();

  /** Seen in a block that may still be taken back. Not told of a log that is certain when it is first seen. */
  record Observed(LogEntry log) implements LogEvent {}

  /** Certain, as far as the configured rule goes. */
  record Confirmed(LogEntry log) implements LogEvent {}

  /**
   * A fork took its block. The same transaction may tell it again in another block; that is then another log.
   *
   * @param wasConfirmed whether it had been told to be certain
   */
  record Retracted(LogEntry log, boolean wasConfirmed) implements LogEvent {}
}
