package dev.fairway.connectors.capture;

import dev.fairway.connector.flow.CaptureRequest;
import dev.fairway.connector.flow.CaptureResponse;
import dev.fairway.connector.flow.CaptureSpec;
import dev.fairway.connector.json.Members;
import dev.fairway.core.store.Store;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** A source whose session breaks off at a step of our choice, before or after the step was done. */
public final class BreakingCapture implements CaptureProgram {
  private final CaptureProgram inner;
  private int left;

  /** @param left how many steps are done before it breaks off, counted over all sessions */
  public BreakingCapture(CaptureProgram inner, int left) {
    this.inner = inner;
    this.left = left;
  }

  /** Whether it broke off. */
  public boolean broken() {
    return left < 0;
  }

  private void step() {
    if (left-- == 0) {
      throw new IllegalStateException("broken off");
    }
  }

  @Override
  public CaptureResponse.Spec spec() throws Exception {
    return inner.spec();
  }

  @Override
  public CaptureResponse.Discovered discover(JsonNode config) throws Exception {
    return inner.discover(config);
  }

  @Override
  public CaptureResponse.Validated validate(String name, JsonNode config,
      List<CaptureRequest.Validate.Binding> bindings) throws Exception {
    return inner.validate(name, config, bindings);
  }

  @Override
  public String apply(CaptureSpec spec) throws Exception {
    return inner.apply(spec);
  }

  @Override
  public void run(CaptureSpec spec, JsonNode state, CaptureSink sink) throws Exception {
    step();
    inner.run(spec, state, new CaptureSink() {
      @Override
      public void document(int binding, Members document, long row, String operation) {
        step();
        sink.document(binding, document, row, operation);
      }

      @Override
      public CompletableFuture<Void> checkpoint(UnaryOperator<JsonNode> change, Store.Effect beside) {
        step();
        CompletableFuture<Void> durable = sink.checkpoint(change, beside);
        step();
        return durable;
      }

      @Override
      public void sourcedSchema(int binding, JsonNode schema) {
        sink.sourcedSchema(binding, schema);
      }

      @Override
      public boolean stopping() {
        return sink.stopping();
      }

      @Override
      public void onStop(Runnable action) {
        sink.onStop(action);
      }
    });
  }
}
