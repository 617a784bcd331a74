package dev.fairway.connector;

import dev.fairway.connector.flow.DeriveRequest;
import dev.fairway.connector.flow.DeriveResponse;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Lines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Serves one stream of the derive protocol with an author's {@link Derive}. */
final class DeriveServer<C extends Record, R extends Record> {
  private final Derive<C, R> derive;
  private final Lines in;
  private final ConnectorMain.Output out;

  DeriveServer(Derive<C, R> derive, Lines in, ConnectorMain.Output out) {
    this.derive = derive;
    this.in = in;
    this.out = out;
  }

  void serve() throws Exception {
    Derive.@Nullable Session session = null;
    boolean flushed = false;
    while (in.next()) {
      DeriveRequest request = FlowCodec.DERIVE_REQUESTS.decode(in.buffer(), in.from(), in.to());
      switch (request) {
        case DeriveRequest.Spec _ -> answer(new DeriveResponse.Spec(Protocol.VERSION,
            Settings.schemaOf(derive.configType()), Settings.schemaOf(derive.resourceType()), derive.documentationUrl(),
            derive.oauth2().orElse(null)));
        case DeriveRequest.Validate validate -> {
          derive.validate(config(validate.config()), lambdas(validate.transforms().stream()
              .map(DeriveRequest.Validate.Transform::lambdaConfig).toList()));
          answer(new DeriveResponse.Validated(validate.transforms().stream()
              .map(_ -> new DeriveResponse.Validated.Transform(false)).toList(), Map.of()));
        }
        case DeriveRequest.Open open -> {
          session = open(open);
          answer(new DeriveResponse.Opened());
        }
        case DeriveRequest.Read read -> {
          require(session, "read").read(read.transform(), read.doc(), this::publish);
          flushed = false;
        }
        case DeriveRequest.Flush _ -> {
          require(session, "flush").flush(this::publish);
          flushed = true;
          answer(new DeriveResponse.Flushed());
        }
        case DeriveRequest.StartCommit _ -> {
          if (!flushed) {
            throw new ProtocolException("startCommit before flush");
          }
          answer(new DeriveResponse.StartedCommit(require(session, "startCommit").commit()));
        }
        case DeriveRequest.Reset _ -> require(session, "reset").reset();
      }
    }
  }

  private Derive.Session open(DeriveRequest.Open open) throws Exception {
    JsonNode derivation = open.collection().derivation();
    if (derivation == null) {
      throw new ProtocolException("open without a derivation of " + open.collection().name());
    }
    List<JsonNode> lambdas = StreamSupport.stream(derivation.path("transforms").spliterator(), false)
        .map(transform -> transform.path("lambdaConfig")).toList();
    return derive.open(config(derivation.path("config")), open.collection(), lambdas(lambdas), open.state());
  }

  private List<R> lambdas(List<JsonNode> configs) {
    return configs.stream().map(config -> Settings.read(config, derive.resourceType())).toList();
  }

  private C config(JsonNode config) {
    return Settings.read(config, derive.configType());
  }

  private void publish(JsonNode document) {
    try {
      out.line(FlowCodec.DERIVE_RESPONSES.encode(new DeriveResponse.Published(document)));
    } catch (IOException e) {
      throw new UncheckedIOException("the runtime is gone", e);
    }
  }

  private static Derive.Session require(Derive.@Nullable Session session, String request) {
    if (session == null) {
      throw new ProtocolException(request + " before open");
    }
    return session;
  }

  private void answer(DeriveResponse response) throws IOException {
    out.flushed(FlowCodec.DERIVE_RESPONSES.encode(response));
  }
}
