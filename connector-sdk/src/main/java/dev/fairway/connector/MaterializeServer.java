package dev.fairway.connector;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.flow.ProtocolException;
import dev.fairway.connector.json.Lines;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Serves one stream of the materialize protocol with an author's {@link Materialize}. */
final class MaterializeServer<C extends Record, R extends Record> {
  /** Keys are looked up in groups of at most this many, which bounds what is held for a flush. */
  private static final int LOADS_AT_ONCE = 10_000;

  private final Materialize<C, R> materialize;
  private final Lines in;
  private final ConnectorMain.Output out;

  MaterializeServer(Materialize<C, R> materialize, Lines in, ConnectorMain.Output out) {
    this.materialize = materialize;
    this.in = in;
    this.out = out;
  }

  void serve() throws Exception {
    while (in.next()) {
      MaterializeRequest request = request();
      switch (request) {
        case MaterializeRequest.Spec _ -> answer(new MaterializeResponse.Spec(Protocol.VERSION,
            Settings.schemaOf(materialize.configType()), Settings.schemaOf(materialize.resourceType()),
            materialize.documentationUrl(), materialize.oauth2().orElse(null)));
        case MaterializeRequest.Validate validate -> answer(validated(validate));
        case MaterializeRequest.Apply apply -> answer(new MaterializeResponse.Applied(
            materialize.apply(config(apply.materialization().config()), bindings(apply.materialization())), null));
        case MaterializeRequest.Open open -> {
          session(open);
          return;
        }
        default -> throw unexpected("before open", request);
      }
    }
  }

  private void session(MaterializeRequest.Open open) throws Exception {
    MaterializationSpec spec = open.materialization();
    try (Transactor transactor = materialize.open(config(spec.config()), spec.name(), open.range(), bindings(spec),
        open.state())) {
      answer(new MaterializeResponse.Opened(transactor.checkpoint().orElse(null), false));
      while (transaction(transactor, spec)) {
        // One after another, until the runtime closes its side between two of them.
      }
    }
  }

  private boolean transaction(Transactor transactor, MaterializationSpec spec) throws Exception {
    Map<Integer, List<Packed>> loads = new TreeMap<>();
    boolean acknowledged = false;
    while (true) {
      if (!in.next()) {
        if (loads.isEmpty()) {
          return false;
        }
        throw new EOFException("the runtime ended its side inside a transaction");
      }
      MaterializeRequest request = request();
      if (request instanceof MaterializeRequest.Acknowledge && !acknowledged) {
        acknowledged = true;
        transactor.acknowledge();
        answer(new MaterializeResponse.Acknowledged(null));
      } else if (request instanceof MaterializeRequest.Load load && load.binding() < spec.bindings().size()) {
        List<Packed> keys = loads.computeIfAbsent(load.binding(), _ -> new ArrayList<>());
        keys.add(load.keyPacked());
        if (keys.size() >= LOADS_AT_ONCE && acknowledged) {
          load(transactor, load.binding(), keys);
          keys.clear();
        }
      } else if (request instanceof MaterializeRequest.Flush) {
        break;
      } else {
        throw unexpected("before flush", request);
      }
    }
    for (Map.Entry<Integer, List<Packed>> load : loads.entrySet()) {
      load(transactor, load.getKey(), load.getValue());
    }
    transactor.flush();
    answer(new MaterializeResponse.Flushed(null));
    while (true) {
      if (!in.next()) {
        throw new EOFException("the runtime ended its side inside a transaction");
      }
      MaterializeRequest request = request();
      if (request instanceof MaterializeRequest.Store store && store.binding() < spec.bindings().size()) {
        transactor.store(new Transactor.Row(store.binding(), store.keyPacked(), store.keyPacked().values(),
            store.valuesPacked().values(), store.doc(), store.exists(), store.delete()));
      } else if (request instanceof MaterializeRequest.StartCommit commit) {
        answer(new MaterializeResponse.StartedCommit(transactor.commit(commit.runtimeCheckpoint())));
        return true;
      } else {
        throw unexpected("before startCommit", request);
      }
    }
  }

  private void load(Transactor transactor, int binding, List<Packed> keys) throws Exception {
    if (keys.isEmpty()) {
      return;
    }
    transactor.load(binding, keys, document -> {
      try {
        out.line(FlowCodec.MATERIALIZE_RESPONSES.encode(new MaterializeResponse.Loaded(binding, document)));
      } catch (IOException e) {
        throw new UncheckedIOException("the runtime is gone", e);
      }
    });
  }

  private MaterializeResponse validated(MaterializeRequest.Validate validate) throws Exception {
    C config = config(validate.config());
    List<MaterializeResponse.Validated.Binding> bindings = new ArrayList<>();
    for (MaterializeRequest.Validate.Binding binding : validate.bindings()) {
      R resource = Settings.read(binding.resourceConfig(), materialize.resourceType());
      CollectionSpec collection = binding.collection();
      bindings.add(new MaterializeResponse.Validated.Binding(materialize.resourcePath(config, resource),
          materialize.deltaUpdates(resource), false, null, materialize.constraints(config, resource, collection),
          List.of()));
    }
    return new MaterializeResponse.Validated(bindings);
  }

  private C config(JsonNode config) {
    return Settings.read(config, materialize.configType());
  }

  private List<Materialize.Bound<R>> bindings(MaterializationSpec spec) {
    List<Materialize.Bound<R>> bindings = new ArrayList<>();
    for (int i = 0; i < spec.bindings().size(); i++) {
      bindings.add(Materialize.Bound.of(i, spec.bindings().get(i), materialize.resourceType()));
    }
    return bindings;
  }

  private MaterializeRequest request() {
    return FlowCodec.MATERIALIZE_REQUESTS.decode(in.buffer(), in.from(), in.to());
  }

  private static ProtocolException unexpected(String phase, MaterializeRequest request) {
    return new ProtocolException("unexpected " + FlowCodec.nameOf(request.getClass()) + " " + phase);
  }

  private void answer(MaterializeResponse response) throws IOException {
    out.flushed(FlowCodec.MATERIALIZE_RESPONSES.encode(response));
  }
}
