package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize.Pace;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializeRequest;
import dev.fairway.connector.flow.MaterializeResponse;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A connector that materializes, whatever it is: a class, or a program that speaks the Flow, Airbyte or Singer protocol. Each call
 * starts it anew. Safe for many threads.
 */
public interface MaterializeProgram {
  MaterializeResponse.Spec spec() throws Exception;

  /** @return where each binding would be stored and what may be stored of it, in their order */
  MaterializeResponse.Validated validate(String name, JsonNode config,
      List<MaterializeRequest.Validate.Binding> bindings) throws Exception;

  /**
   * Sets up at the destination what must be there before a session. Idempotent.
   *
   * @return what was done, for people; empty when nothing had to be
   */
  String apply(MaterializationSpec spec, JsonNode state) throws Exception;

  /** How soon documents are stored; at once unless the connector says otherwise. */
  default Pace pace(MaterializationSpec spec) {
    return Pace.AT_ONCE;
  }

  /** @param state the connector's state as it was last committed */
  Transactor open(MaterializationSpec spec, JsonNode state) throws Exception;
}
