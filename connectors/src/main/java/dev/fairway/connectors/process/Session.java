package dev.fairway.connectors.process;

import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Lines;
import dev.fairway.connector.proto.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program, and the lines it is told and answers. Belongs to one thread, except {@link #kill}.
 */
public final class Session implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final Duration GOODBYE = Duration.ofSeconds(30);
  private static final Duration UNDER_A_DEBUGGER = Duration.ofDays(30);
  private static final int SHOWN = 300;

  private final Child child;
  private final OutputStream input;
  private final Lines lines;
  private final Silence silence;
  private final Programs programs;

  private Session(Child child, Programs programs, InputStream output, OutputStream input) {
    this.child = child;
    this.programs = programs;
    this.input = input;
    this.lines = new Lines(output, programs.lineLimit());
    this.silence = new Silence(child, programs.idle());
  }

  /** Starts a program. One that is told to wait for a debugger may say nothing for as long as it likes. */
  public static Session start(List<String> command, Map<String, String> env, Programs programs) {
    Child child = child(command, env, programs);
    return new Session(child, patient(command, env, programs), child.output(), child.input());
  }

  /** Starts a program that speaks a Flow protocol; what goes to and fro are lines of JSON on this side of the wire. */
  static Session start(List<String> command, Map<String, String> env, Programs programs, Wire wire,
      FlowCodec<?> requests, FlowCodec<?> responses) {
    Child child = child(command, env, programs);
    return new Session(child, patient(command, env, programs),
        wire.lines(child.output(), responses, programs.lineLimit()), wire.lines(child.input(), requests));
  }

  private static Child child(List<String> command, Map<String, String> env, Programs programs) {
    return Child.start(command, env, programs.directory(), programs.patience(), programs.logs());
  }

  private static Programs patient(List<String> command, Map<String, String> env, Programs programs) {
    if (!Debugger.awaitedBy(command, env)) {
      return programs;
    }
    LOG.warn("program waits for a debugger, its silence is not limited program={}", command.getFirst());
    return programs.withIdle(UNDER_A_DEBUGGER);
  }

  public Child child() {
    return child;
  }

  public Lines lines() {
    return lines;
  }

  /** Sends a line, and those that were queued before it. */
  public void send(byte[] line) throws IOException, ConnectorFailedException, InterruptedException {
    write(line, true);
  }

  /** Leaves with what is sent next, or when there is much of it: a system call a line would cost more than the line. */
  public void queue(byte[] line) throws IOException, ConnectorFailedException, InterruptedException {
    write(line, false);
  }

  private void write(byte[] line, boolean now) throws ConnectorFailedException, InterruptedException {
    try {
      synchronized (child) {
        input.write(line);
        input.write('\n');
        if (now) {
          input.flush();
        }
      }
    } catch (IOException e) {
      throw failure("stopped listening");
    }
  }

  /** Says that there is nothing more to come. */
  public void endInput() {
    try {
      input.close();
    } catch (IOException e) {
      child.heard(new LogLine("debug", "standard input was closed by the program",
          dev.fairway.connector.json.Json.object()));
    }
  }

  /**
   * Moves to the next line; false at the end of its output.
   *
   * @throws ConnectorFailedException when it printed half a message, one over the limit or a frame that is none, or said
   * nothing for too long
   */
  public boolean next() throws ConnectorFailedException, InterruptedException {
    if (!lines.ready()) {
      silence.listen();
    }
    try {
      boolean more = lines.next();
      silence.heard();
      if (!more && silence.broken()) {
        throw silent();
      }
      return more;
    } catch (EOFException e) {
      silence.heard();
      if (silence.broken()) {
        throw silent();
      }
      throw failure("ended inside a message (" + e.getMessage() + ")");
    } catch (Lines.LineTooLongException e) {
      throw unreadable("a line longer than " + programs.lineLimit() + " bytes");
    } catch (ProtocolException e) {
      throw unreadable("a message that cannot be read (" + e.getMessage() + ")");
    } catch (IOException e) {
      if (silence.broken()) {
        throw silent();
      }
      throw failure("its output broke off (" + e.getMessage() + ")");
    }
  }

  /**
   * The line that was read last and is no message, as something for people: libraries print what they like.
   *
   * @throws ConnectorFailedException when it was to be a record or a state, which must not be passed over; it is
   * ended then
   */
  public LogLine noise() throws ConnectorFailedException {
    String text = lines.text();
    if (text.startsWith("{") && (text.contains("\"RECORD\"") || text.contains("\"STATE\""))) {
      child.kill();
      throw new ConnectorFailedException(child + " printed a message that cannot be read: "
          + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text), false);
    }
    return LogLine.parse(text);
  }

  /** Waits for its end and checks that it ended well. */
  public void expectSuccess() throws ConnectorFailedException, InterruptedException {
    endInput();
    OptionalInt exit = child.await(GOODBYE);
    if (exit.isEmpty()) {
      child.kill();
      throw new ConnectorFailedException(child + " closed its output and did not end; its last words: "
          + child.lastWords());
    }
    if (exit.getAsInt() != 0) {
      throw failure("");
    }
  }

  /** What to say of its failure: its last words, and how it ended. */
  public ConnectorFailedException failure(String what) throws InterruptedException {
    OptionalInt exit = child.await(Duration.ofSeconds(2));
    String how = exit.isPresent() ? "exit code " + exit.getAsInt() : "still running";
    return new ConnectorFailedException(
        child.lastWords() + " (" + child + (what.isEmpty() ? "" : " " + what) + ", " + how + ")");
  }

  /** Ends it; what it prints will not be other next time. */
  private ConnectorFailedException unreadable(String what) throws InterruptedException {
    child.kill();
    // Its last words may still be on their way.
    var _ = child.await(Duration.ofSeconds(2));
    return new ConnectorFailedException(child + " printed " + what + "; its last words: " + child.lastWords(), false);
  }

  private ConnectorFailedException silent() {
    return new ConnectorFailedException(child + " said nothing for " + programs.idle().toSeconds()
        + " s and was ended; its last words: " + child.lastWords());
  }

  /** Ends it at once; from any thread. */
  public void kill() {
    child.kill();
  }

  @Override
  public void close() {
    silence.close();
    child.close();
  }
}
