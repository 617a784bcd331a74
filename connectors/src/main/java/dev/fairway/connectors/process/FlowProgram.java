package dev.fairway.connectors.process;

import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Lines;
import dev.fairway.connector.proto.Wire;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * A program that speaks one of the Flow protocols. Every stream is a process of its own, and Spec comes first
 * on each, whatever is really wanted. Safe for many threads; a stream belongs to one.
 *
 * @param <Q> its requests
 * @param <A> its responses
 */
public final class FlowProgram<Q, A> {
  private final List<String> command;
  private final Map<String, String> env;
  private final Wire wire;
  private final Programs programs;
  private final FlowCodec<Q> requests;
  private final FlowCodec<A> responses;
  private final Q spec;
  private final ToIntFunction<A> version;

  /**
   * @param wire what it speaks; it is told so by its environment, too
   * @param spec the request that comes first
   * @param version the protocol's version in the answer to it; negative when that is no answer to it
   */
  public FlowProgram(List<String> command, Map<String, String> env, Wire wire, Programs programs,
      FlowCodec<Q> requests, FlowCodec<A> responses, Q spec, ToIntFunction<A> version) {
    this.command = List.copyOf(command);
    Map<String, String> all = new LinkedHashMap<>(Map.of(Protocol.CODEC_VARIABLE, wire.codec(), "LOG_LEVEL", "info"));
    all.putAll(env);
    this.env = Map.copyOf(all);
    this.wire = wire;
    this.programs = programs;
    this.requests = requests;
    this.responses = responses;
    this.spec = spec;
    this.version = version;
  }

  /** What the program says of itself. */
  public A spec() throws Exception {
    try (Stream stream = open()) {
      stream.session.expectSuccess();
      return stream.spec;
    }
  }

  /** One request and its one answer. */
  public <T extends A> T ask(Q request, Class<T> expected) throws Exception {
    try (Stream stream = open()) {
      stream.send(request);
      T answer = stream.answer(expected);
      stream.session.endInput();
      if (stream.session.next()) {
        throw new ProtocolException("a second answer to " + FlowCodec.nameOf(request.getClass()));
      }
      stream.session.expectSuccess();
      return answer;
    }
  }

  /** Starts the program; a debugger may hold it for as long as it likes. */
  public Stream open() throws Exception {
    Session session = Session.start(command, env, programs, wire, requests, responses);
    try {
      return new Stream(session);
    } catch (Exception e) {
      session.close();
      throw e;
    }
  }

  @Override
  public String toString() {
    return String.join(" ", command);
  }

  /** A program under way. */
  public final class Stream implements AutoCloseable {
    private final Session session;
    private final A spec;

    private Stream(Session session) throws Exception {
      this.session = session;
      send(FlowProgram.this.spec);
      this.spec = answer();
      int spoken = version.applyAsInt(spec);
      if (spoken < 0) {
        throw new ProtocolException("expected spec, got " + FlowCodec.nameOf(spec.getClass()));
      }
      if (spoken != Protocol.VERSION) {
        throw new ProtocolException(
            "the connector speaks protocol " + spoken + "; only " + Protocol.VERSION + " is known");
      }
    }

    public Session session() {
      return session;
    }

    public void send(Q request) throws IOException, ConnectorFailedException, InterruptedException {
      session.send(requests.encode(request));
    }

    /** Leaves with what is sent next, or when there is much of it. */
    public void queue(Q request) throws IOException, ConnectorFailedException, InterruptedException {
      session.queue(requests.encode(request));
    }

    /** The next response. */
    public A answer() throws ConnectorFailedException, InterruptedException {
      if (!session.next()) {
        throw session.failure("ended before it answered");
      }
      return decode();
    }

    /** The line that was read last, as a response. */
    public A decode() {
      Lines line = session.lines();
      return responses.decode(line.buffer(), line.from(), line.to());
    }

    /** The next response, which must be this one. */
    public <T extends A> T answer(Class<T> expected) throws ConnectorFailedException, InterruptedException {
      A response = answer();
      if (!expected.isInstance(response)) {
        throw new ProtocolException("expected " + FlowCodec.nameOf(expected) + ", got "
            + FlowCodec.nameOf(response.getClass()));
      }
      return expected.cast(response);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
