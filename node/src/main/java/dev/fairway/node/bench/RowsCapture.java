package dev.fairway.node.bench;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.json.Json;
import java.util.List;

/** A source of rows in this process. */
final class RowsCapture implements Capture<RowsCapture.None, RowsCapture.Stream> {
  private final BenchRows rows;

  RowsCapture(BenchRows rows) {
    this.rows = rows;
  }

  /** There is nothing to configure. */
  record None() {}

  /** What it is called. */
  record Stream(String stream) {}

  @Override
  public Class<None> configType() {
    return None.class;
  }

  @Override
  public Class<Stream> resourceType() {
    return Stream.class;
  }

  @Override
  public List<Discovery<Stream>> discover(None config) {
    return List.of(new Discovery<>("rows", new Stream("rows"), BenchRows.schema(), List.of("/id")));
  }

  @Override
  public List<String> resourcePath(Stream resource) {
    return List.of(resource.stream());
  }

  @Override
  public List<String> resourcePathPointers() {
    return List.of("/stream");
  }

  @Override
  public void run(None config, CaptureSession<Stream> session) {
    Bound<Stream> binding = session.bindings().getFirst();
    byte[] template = rows.template();
    CaptureSession.Batch<Stream> batch = session.batch();
    for (int n = 0; n < rows.count(); n++) {
      byte[] row = template.clone();
      BenchRows.number(row, 0, n);
      batch.document(binding, row);
      if ((n + 1) % rows.betweenStates() == 0) {
        commit(batch, binding, n + 1);
        batch = session.batch();
      }
    }
    commit(batch, binding, rows.count());
  }

  private static void commit(CaptureSession.Batch<Stream> batch, Bound<Stream> binding, int next) {
    var _ = batch.state(binding, Json.object().put("next", next)).commit();
  }
}
