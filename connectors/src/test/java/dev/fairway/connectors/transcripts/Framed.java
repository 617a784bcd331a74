package dev.fairway.connectors.transcripts;

import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.json.Lines;
import dev.fairway.connector.proto.Wire;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Stands before a program of JSON lines, and speaks protocol buffers for it: a connector that knows nothing else. */
public final class Framed {
  private Framed() {}

  /** A protocol, and the command of the program. */
  public static void main(String[] args) throws Exception {
    Process program = new ProcessBuilder(List.of(args).subList(1, args.length))
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    switch (args[0]) {
      case "capture" -> speak(program, FlowCodec.CAPTURE_REQUESTS, FlowCodec.CAPTURE_RESPONSES);
      case "derive" -> speak(program, FlowCodec.DERIVE_REQUESTS, FlowCodec.DERIVE_RESPONSES);
      default -> speak(program, FlowCodec.MATERIALIZE_REQUESTS, FlowCodec.MATERIALIZE_RESPONSES);
    }
    System.exit(program.waitFor());
  }

  private static <A> void speak(Process program, FlowCodec<?> requests, FlowCodec<A> responses) throws IOException {
    InputStream heard = Wire.PROTO.lines(System.in, requests, Lines.FLOW_LIMIT);
    Thread.ofPlatform().daemon().start(() -> pass(heard, program.getOutputStream()));
    OutputStream said = Wire.PROTO.lines(new BufferedOutputStream(System.out), responses);
    Lines lines = new Lines(program.getInputStream(), Lines.FLOW_LIMIT);
    while (lines.next()) {
      said.write(responses.encode(responses.decode(lines.buffer(), lines.from(), lines.to())));
      said.write('\n');
      said.flush();
    }
  }

  private static void pass(InputStream from, OutputStream to) {
    byte[] buffer = new byte[1 << 16];
    try (to) {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        to.write(buffer, 0, read);
        to.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
