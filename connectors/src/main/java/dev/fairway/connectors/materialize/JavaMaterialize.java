package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Settings;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.Protocol;
import dev.fairway.connector.flow.RangeSpec;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A connector written in Java, run in this process. */
public final class JavaMaterialize<C extends Record, R extends Record> implements MaterializeProgram {
  private final Materialize<C, R> connector;

  public JavaMaterialize(Materialize<C, R> connector) {
    this.connector = connector;
  }

  @Override
  public MaterializeResponse.Spec spec() {
    return new MaterializeResponse.Spec(Protocol.VERSION, Settings.schemaOf(connector.configType()),
        Settings.schemaOf(connector.resourceType()), connector.documentationUrl(), connector.oauth2().orElse(null));
  }

  @Override
  public MaterializeResponse.Validated validate(String name, JsonNode config,
      List<MaterializeRequest.Validate.Binding> bindings) throws Exception {
    C settings = Settings.read(config, connector.configType());
    List<MaterializeResponse.Validated.Binding> validated = new ArrayList<>();
    for (MaterializeRequest.Validate.Binding binding : bindings) {
      R resource = Settings.read(binding.resourceConfig(), connector.resourceType());
      validated.add(new MaterializeResponse.Validated.Binding(connector.resourcePath(settings, resource),
          connector.deltaUpdates(resource), false, null,
          connector.constraints(settings, resource, binding.collection()), List.of()));
    }
    return new MaterializeResponse.Validated(validated);
  }

  @Override
  public String apply(MaterializationSpec spec, JsonNode state) throws Exception {
    return connector.apply(Settings.read(spec.config(), connector.configType()), bound(spec));
  }

  @Override
  public Materialize.Pace pace(MaterializationSpec spec) {
    return connector.pace(Settings.read(spec.config(), connector.configType()));
  }

  @Override
  public Transactor open(MaterializationSpec spec, JsonNode state) throws Exception {
    return connector.open(Settings.read(spec.config(), connector.configType()), spec.name(), RangeSpec.FULL,
        bound(spec), state);
  }

  private List<Materialize.Bound<R>> bound(MaterializationSpec spec) {
    List<Materialize.Bound<R>> bindings = new ArrayList<>();
    for (int i = 0; i < spec.bindings().size(); i++) {
      bindings.add(Materialize.Bound.of(i, spec.bindings().get(i), connector.resourceType()));
    }
    return bindings;
  }
}
