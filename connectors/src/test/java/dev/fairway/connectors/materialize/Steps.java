package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize.Pace;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import dev.fairway.connector.flow.Packed;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A destination that counts what it is told, and whose session breaks off at a step of our choice, before or after the step was done. */
final class Steps implements MaterializeProgram {
  private final MaterializeProgram inner;
  private int left;
  private int acknowledged;

  /** @param left how many steps are done before it breaks off */
  Steps(MaterializeProgram inner, int left) {
    this.inner = inner;
    this.left = left;
  }

  /** Whether it broke off. */
  boolean broken() {
    return left < 0;
  }

  /** How often it was told that the runtime's side is durable. */
  int acknowledged() {
    return acknowledged;
  }

  private void step() {
    if (left-- == 0) {
      throw new IllegalStateException("broken off");
    }
  }

  @Override
  public MaterializeResponse.Spec spec() throws Exception {
    return inner.spec();
  }

  @Override
  public MaterializeResponse.Validated validate(String name, JsonNode config,
      List<MaterializeRequest.Validate.Binding> bindings) throws Exception {
    return inner.validate(name, config, bindings);
  }

  @Override
  public String apply(MaterializationSpec spec, JsonNode state) throws Exception {
    step();
    return inner.apply(spec, state);
  }

  @Override
  public Pace pace(MaterializationSpec spec) {
    return inner.pace(spec);
  }

  @Override
  public Transactor open(MaterializationSpec spec, JsonNode state) throws Exception {
    step();
    return new Breaking(inner.open(spec, state));
  }

  private final class Breaking implements Transactor {
    private final Transactor transactor;

    Breaking(Transactor transactor) {
      this.transactor = transactor;
    }

    @Override
    public Optional<JsonNode> checkpoint() {
      return transactor.checkpoint();
    }

    @Override
    public boolean loads() {
      return transactor.loads();
    }

    @Override
    public boolean holds(int binding) throws Exception {
      return transactor.holds(binding);
    }

    @Override
    public void load(int binding, List<Packed> keys, Found found) throws Exception {
      step();
      transactor.load(binding, keys, found);
    }

    @Override
    public void flush() throws Exception {
      step();
      transactor.flush();
    }

    @Override
    public void store(Row row) throws Exception {
      step();
      transactor.store(row);
    }

    @Override
    public ConnectorState commit(JsonNode checkpoint) throws Exception {
      step();
      ConnectorState state = transactor.commit(checkpoint);
      step();
      return state;
    }

    @Override
    public void acknowledge() throws Exception {
      step();
      transactor.acknowledge();
      acknowledged++;
    }

    @Override
    public void close() {
      transactor.close();
    }
  }
}
