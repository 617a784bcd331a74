package dev.fairway.connector;

import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Lines;
import dev.fairway.connector.proto.Wire;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a connector as a program that speaks the Flow protocol: as JSON lines, or as protocol buffers when its environment
 * says {@code FLOW_RUNTIME_CODEC=proto}.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *   ConnectorMain.run(new MyCapture());
 * }
 * }</pre>
 */
public final class ConnectorMain {
  private ConnectorMain() {}

  /** Serves standard input and output until the end of input, then exits: 0, or 1 after one line that says why. */
  public static void run(Connector<?, ?> connector) {
    PrintStream protocol = System.out;
    // One stray print of a library would break the stream, so nobody else gets to hold it.
    System.setOut(System.err);
    System.exit(serve(connector, System.in, protocol, System.err, System.getenv()));
  }

  /**
   * Serves one stream; for tests and for programs that arrange their own streams.
   *
   * @return the exit code
   */
  public static int serve(Connector<?, ?> connector, InputStream in, OutputStream out, PrintStream err,
      Map<String, String> environment) {
    Logs logs = new Logs(err, Clock.systemUTC(), environment.getOrDefault("LOG_LEVEL", "info"));
    String codec = environment.getOrDefault(Protocol.CODEC_VARIABLE, Wire.JSON.codec());
    Optional<Wire> wire = Wire.named(codec);
    if (wire.isEmpty()) {
      logs.error(Protocol.CODEC_VARIABLE + " is \"" + codec + "\"; this connector speaks json and proto");
      return 1;
    }
    try {
      serve(connector, wire.get(), in, out, logs);
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      logs.error("interrupted");
      return 1;
    } catch (Settings.InvalidException | ProtocolException e) {
      logs.error(String.valueOf(e.getMessage()));
      return 1;
    } catch (Exception e) {
      logs.debug(stackTrace(e));
      logs.error(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
      return 1;
    }
  }

  private static void serve(Connector<?, ?> connector, Wire wire, InputStream in, OutputStream out, Logs logs)
      throws Exception {
    switch (connector) {
      case Capture<?, ?> capture -> {
        try (Output output = new Output(wire.lines(out, FlowCodec.CAPTURE_RESPONSES))) {
          new CaptureServer<>(capture, lines(wire, in, FlowCodec.CAPTURE_REQUESTS), output, logs).serve();
        }
      }
      case Materialize<?, ?> materialize -> {
        try (Output output = new Output(wire.lines(out, FlowCodec.MATERIALIZE_RESPONSES))) {
          new MaterializeServer<>(materialize, lines(wire, in, FlowCodec.MATERIALIZE_REQUESTS), output).serve();
        }
      }
      case Derive<?, ?> derive -> {
        try (Output output = new Output(wire.lines(out, FlowCodec.DERIVE_RESPONSES))) {
          new DeriveServer<>(derive, lines(wire, in, FlowCodec.DERIVE_REQUESTS), output).serve();
        }
      }
    }
  }

  private static Lines lines(Wire wire, InputStream in, FlowCodec<?> side) {
    return new Lines(wire.lines(in, side, Lines.FLOW_LIMIT), Lines.FLOW_LIMIT);
  }

  private static String stackTrace(Exception e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** Lines on their way to the runtime: buffered, and flushed where the runtime waits. */
  static final class Output implements AutoCloseable {
    private final OutputStream out;

    Output(OutputStream out) {
      this.out = new BufferedOutputStream(out, 1 << 18);
    }

    synchronized void line(byte[] json) throws IOException {
      out.write(json);
      out.write('\n');
    }

    synchronized void flushed(byte[] json) throws IOException {
      line(json);
      out.flush();
    }

    /** Writes lines that must not be mixed with others', then flushes. */
    synchronized void together(byte[] lines, int length, byte[] last) throws IOException {
      out.write(lines, 0, length);
      flushed(last);
    }

    @Override
    public synchronized void close() throws IOException {
      out.flush();
    }
  }
}
