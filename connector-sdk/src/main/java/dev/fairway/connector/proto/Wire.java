package dev.fairway.connector.proto;

import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.flow.ProtocolException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;

/**
 * How messages travel between a runtime and a connector. Whichever it is, on this side of it they are the JSON lines that
 * {@link FlowCodec} reads and writes.
 */
public enum Wire {
  /** One message a line. */
  JSON {
    @Override
    public InputStream lines(InputStream in, FlowCodec<?> side, int limit) {
      return in;
    }

    @Override
    public OutputStream lines(OutputStream out, FlowCodec<?> side) {
      return out;
    }
  },
  /** Frames: a length in four bytes, the least significant first, and a protocol buffer of so many bytes. */
  PROTO {
    @Override
    public InputStream lines(InputStream in, FlowCodec<?> side, int limit) {
      return new FramesAsLines(in, FlowShapes.of(side), limit);
    }

    @Override
    public OutputStream lines(OutputStream out, FlowCodec<?> side) {
      return new LinesAsFrames(out, FlowShapes.of(side));
    }
  };

  /** The one that {@link Protocol#CODEC_VARIABLE} names; empty when nobody knows the name. */
  public static Optional<Wire> named(String name) {
    for (Wire wire : values()) {
      if (wire.codec().equals(name)) {
        return Optional.of(wire);
      }
    }
    return Optional.empty();
  }

  /** Its name in {@link Protocol#CODEC_VARIABLE}. */
  public String codec() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What the other side says, as lines.
   *
   * <p>Reading from it ends in an {@link java.io.EOFException} when the stream ends inside a message, and in a
   * {@link ProtocolException} when a message is longer than the limit or none of this side of this protocol.
   *
   * @param limit longest message in bytes, at least 1
   */
  public abstract InputStream lines(InputStream in, FlowCodec<?> side, int limit);

  /** Says lines to the other side. A line that is no message ends in a {@link ProtocolException}, and is not sent. */
  public abstract OutputStream lines(OutputStream out, FlowCodec<?> side);
}
