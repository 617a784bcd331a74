package dev.fairway.connectors.process;

import dev.fairway.connector.json.Lines;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program under supervision. Its standard error is read all the time and its last words are kept; closing ends it and
 * everything it started: first it is asked (SIGTERM), then it is killed. Safe for many threads.
 */
public final class Child implements AutoCloseable {
  private static final String JAVA = "FAIRWAY_JAVA_HOME";
  private static final int WORDS_KEPT = 40;
  private static final int LINE_LIMIT = 1 << 20;
  private static final int INPUT_BUFFER = 1 << 16;
  private static final @Nullable Path SETSID = onPath("setsid");

  private final List<String> command;
  private final Process process;
  private final OutputStream input;
  private final Duration patience;
  private final boolean grouped;
  private final Deque<LogLine> last = new ArrayDeque<>();
  private final Thread listener;

  private Child(List<String> command, Process process, Duration patience, boolean grouped, Consumer<LogLine> logs) {
    this.command = command;
    this.process = process;
    this.input = new BufferedOutputStream(process.getOutputStream(), INPUT_BUFFER);
    this.patience = patience;
    this.grouped = grouped;
    this.listener = Thread.ofVirtual().name("stderr of " + command.getFirst()).start(() -> listen(logs));
  }

  /**
   * Starts a program. There is no time-out: a debugger may be in the command.
   *
   * @param env added to this process's environment, which also tells connectors in Java by {@code FAIRWAY_JAVA_HOME} of a
   * Java that is new enough
   * @param patience how long it may take to end after it was asked to
   * @throws FairwayException with {@code CONFIGURATION} when it cannot be started
   */
  public static Child start(List<String> command, Map<String, String> env, Path directory, Duration patience,
      Consumer<LogLine> logs) {
    List<String> full = new ArrayList<>();
    if (SETSID != null) {
      full.add(SETSID.toString());
    }
    full.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(full).directory(directory.toFile());
    builder.environment().putIfAbsent(JAVA, System.getProperty("java.home"));
    builder.environment().putAll(env);
    if (onPathOrFile(command.getFirst(), directory) == null) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "no program \"" + command.getFirst() + "\" on the PATH or in "
          + directory);
    }
    try {
      return new Child(command, builder.start(), patience, SETSID != null, logs);
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "cannot start \"" + String.join(" ", command) + "\": " + e.getMessage(), e);
    }
  }

  public InputStream output() {
    return process.getInputStream();
  }

  /** Its standard input, buffered. */
  public OutputStream input() {
    return input;
  }

  public boolean alive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** Adds to what the program said last; for messages that do not come by standard error. */
  public void heard(LogLine line) {
    synchronized (last) {
      last.addLast(line);
      if (last.size() > WORDS_KEPT) {
        last.removeFirst();
      }
    }
  }

  /** What it said last, the last error before other lines: what to show a person when it failed. */
  public String lastWords() {
    synchronized (last) {
      for (LogLine line : (Iterable<LogLine>) () -> last.descendingIterator()) {
        if (line.level().equals("error")) {
          return line.message();
        }
      }
      return last.isEmpty() ? "it said nothing on standard error" : last.getLast().message();
    }
  }

  /** Waits for it to end by itself; empty when it is still there after the time. */
  public java.util.OptionalInt await(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      return java.util.OptionalInt.empty();
    }
    listener.join(Duration.ofSeconds(2));
    return java.util.OptionalInt.of(process.exitValue());
  }

  /** Kills it and everything it started, at once. */
  public void kill() {
    signal("KILL");
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Asks it to end, and kills it when it does not in time. What is left of its group is killed in any case. */
  @Override
  public void close() {
    try {
      // On a thread of its own: closing hands over what is still buffered, for which a hung program keeps us waiting.
      Thread.ofVirtual().start(() -> closeQuietly(input)).join(patience);
      if (process.isAlive()) {
        signal("TERM");
        process.destroy();
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
          kill();
          process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
      signal("KILL");
      listener.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    } finally {
      closeQuietly(process.getInputStream());
      closeQuietly(process.getErrorStream());
    }
  }

  private void signal(String name) {
    if (!grouped) {
      return;
    }
    try {
      new ProcessBuilder("kill", "-s", name, "--", "-" + process.pid()).redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor(5, TimeUnit.SECONDS);
    } catch (IOException e) {
      // No kill program: the process itself is still ended by its handle.
      heard(
          new LogLine("warn", "cannot signal the group: " + e.getMessage(), dev.fairway.connector.json.Json.object()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen(Consumer<LogLine> logs) {
    Lines lines = new Lines(process.getErrorStream(), LINE_LIMIT);
    StringBuilder glued = new StringBuilder();
    try {
      while (lines.nextOrRest()) {
        String text = lines.text();
        if (text.isBlank()) {
          continue;
        }
        if (text.startsWith("{")) {
          tell(glued, logs);
          LogLine line = LogLine.parse(text);
          heard(line);
          logs.accept(line);
        } else {
          glued.append(glued.isEmpty() ? "" : "\n").append(text);
          // A stack trace's lines come together: they are one message.
          if (!lines.ready() || glued.length() > 1 << 14) {
            tell(glued, logs);
          }
        }
      }
    } catch (IOException e) {
      heard(new LogLine("warn", "standard error cannot be read: " + e.getMessage(),
          dev.fairway.connector.json.Json.object()));
    }
    tell(glued, logs);
  }

  private void tell(StringBuilder glued, Consumer<LogLine> logs) {
    if (!glued.isEmpty()) {
      LogLine line = LogLine.parse(glued.toString());
      glued.setLength(0);
      heard(line);
      logs.accept(line);
    }
  }

  private static @Nullable Path onPathOrFile(String program, Path directory) {
    return program.contains("/")
        ? Files.isExecutable(directory.resolve(program)) ? directory.resolve(program) : null
        : onPath(program);
  }

  private static @Nullable Path onPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return Path.of(folder, program);
      }
    }
    return null;
  }

  private static void closeQuietly(AutoCloseable stream) {
    try {
      stream.close();
    } catch (Exception e) {
      // The other end is gone: there is nothing left to close.
      Thread.onSpinWait();
    }
  }

  @Override
  public String toString() {
    return String.join(" ", command);
  }
}
