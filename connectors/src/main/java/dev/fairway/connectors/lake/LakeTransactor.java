package dev.fairway.connectors.lake;

import dev.fairway.connector.Materialize.Bound;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connectors.process.ConnectorFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Transactions of files: written in a local folder, and staged when they are large enough or the transaction ends. */
final class LakeTransactor implements Transactor {
  private final Shelf shelf;
  private final Commits commits;
  private final List<Bound<LakeMaterialize.Resource>> bindings;
  private final long mostBytes;
  private final Path scratch;
  private final List<@Nullable PartWriter> writers = new ArrayList<>();

  /**
   * @param mostBytes how large a file is when the next is begun
   * @param scratch where files are written until they are staged
   */
  LakeTransactor(Shelf shelf, String task, List<Bound<LakeMaterialize.Resource>> bindings, long mostBytes, Path scratch)
      throws IOException {
    this.shelf = shelf;
    this.commits = Commits.open(shelf, task);
    this.bindings = List.copyOf(bindings);
    this.mostBytes = mostBytes;
    this.scratch = Files.createTempDirectory(Files.createDirectories(scratch), "lake-");
    bindings.forEach(binding -> writers.add(null));
  }

  @Override
  public Optional<JsonNode> checkpoint() {
    return commits.checkpoint();
  }

  @Override
  public boolean loads() {
    return false;
  }

  @Override
  public void load(int binding, List<Packed> keys, Found found) {
    // Every change is a row of its own.
  }

  @Override
  public void store(Row row) throws IOException, ConnectorFailedException, FencedException {
    int binding = row.binding();
    PartWriter writer = writers.get(binding);
    if (writer == null) {
      writer = bindings.get(binding).resource().format().writer(file(binding), bindings.get(binding).spec());
      writers.set(binding, writer);
    }
    writer.write(row);
    if (writer.bytes() >= mostBytes) {
      stage(binding, writer);
    }
  }

  private Path file(int binding) {
    return scratch.resolve(Integer.toString(binding));
  }

  private void stage(int binding, PartWriter writer) throws IOException, FencedException {
    writer.close();
    writers.set(binding, null);
    LakeMaterialize.Resource resource = bindings.get(binding).resource();
    commits.stage(resource.folder(), resource.format().extension(), file(binding));
    Files.delete(file(binding));
  }

  @Override
  public ConnectorState commit(JsonNode checkpoint) throws IOException, FencedException {
    for (int i = 0; i < writers.size(); i++) {
      PartWriter writer = writers.get(i);
      if (writer != null) {
        stage(i, writer);
      }
    }
    commits.commit(checkpoint);
    return ConnectorState.unchanged();
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(scratch)) {
      writers.forEach(LakeTransactor::giveUp);
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear up in " + scratch, e);
    } finally {
      shelf.close();
    }
  }

  private static void giveUp(@Nullable PartWriter writer) {
    try {
      if (writer != null) {
        writer.close();
      }
    } catch (IOException | RuntimeException e) {
      // What was not committed is forgotten, whether it could be written to its end or not.
      return;
    }
  }
}
