package dev.fairway.connectors.derive;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.DeriveRequest;
import dev.fairway.connector.flow.DeriveResponse;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** A derivation whose session breaks off at a step of our choice, before or after the step was done. */
final class BreakingDerive implements DeriveProgram {
  private final DeriveProgram inner;
  private final AtomicInteger left;

  /** @param left how many steps are done before it breaks off */
  BreakingDerive(DeriveProgram inner, int left) {
    this.inner = inner;
    this.left = new AtomicInteger(left);
  }

  /** Whether it broke off. */
  boolean broken() {
    return left.get() < 0;
  }

  private void step() {
    if (left.getAndDecrement() == 0) {
      throw new IllegalStateException("broken off");
    }
  }

  @Override
  public DeriveResponse.Spec spec() throws Exception {
    return inner.spec();
  }

  @Override
  public DeriveResponse.Validated validate(DeriveRequest.Validate asked) throws Exception {
    return inner.validate(asked);
  }

  @Override
  public Session open(CollectionSpec collection, JsonNode state) throws Exception {
    step();
    Session session = inner.open(collection, state);
    return new Session() {
      @Override
      public void derive(Reads reads, Published published) throws Exception {
        step();
        session.derive(() -> {
          step();
          return reads.next();
        }, document -> {
          step();
          published.document(document);
        });
        step();
      }

      @Override
      public ConnectorState commit(JsonNode checkpoint) throws Exception {
        step();
        ConnectorState state = session.commit(checkpoint);
        step();
        return state;
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }
}
