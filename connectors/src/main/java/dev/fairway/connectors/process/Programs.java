package dev.fairway.connectors.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How programs are run.
 *
 * @param directory where relative paths in commands begin
 * @param scratch where files are made that live as long as a program runs
 * @param patience how long a program may take to end after it was asked to
 * @param idle how long a program may say nothing at all before it is killed
 * @param lineLimit longest line in bytes
 * @param logs told every line a program logs
 */
public record Programs(Path directory, Path scratch, Duration patience, Duration idle, int lineLimit,
    Consumer<LogLine> logs) {
  /** In a directory, with the bounds Flow's runtime and connectors agree on, and 30 minutes of silence. */
  public static Programs in(Path directory, Path scratch, Consumer<LogLine> logs) {
    return new Programs(directory, scratch, Duration.ofSeconds(10), Duration.ofMinutes(30),
        dev.fairway.connector.json.Lines.FLOW_LIMIT, logs);
  }

  public Programs withIdle(Duration limit) {
    return new Programs(directory, scratch, patience, limit, lineLimit, logs);
  }

  public Programs withLineLimit(int bytes) {
    return new Programs(directory, scratch, patience, idle, bytes, logs);
  }

  public Programs withPatience(Duration limit) {
    return new Programs(directory, scratch, limit, idle, lineLimit, logs);
  }
}
