package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A connector that captures, whatever it is: a program that speaks the Flow, Airbyte or Singer protocol, or a class. Each
 * call starts it anew. Safe for many threads.
 */
public interface CaptureProgram {
  CaptureResponse.Spec spec() throws Exception;

  CaptureResponse.Discovered discover(JsonNode config) throws Exception;

  /** @return a resource path per binding, in their order */
  CaptureResponse.Validated validate(String name, JsonNode config, List<CaptureRequest.Validate.Binding> bindings)
      throws Exception;

  String apply(CaptureSpec spec) throws Exception;

  /**
   * Runs one session. Returns when the connector ended well, between two checkpoints.
   *
   * @param state the state last committed
   * @throws Exception with the connector's own last words; what came after the last checkpoint is to be forgotten
   */
  void run(CaptureSpec spec, JsonNode state, CaptureSink sink) throws Exception;
}
