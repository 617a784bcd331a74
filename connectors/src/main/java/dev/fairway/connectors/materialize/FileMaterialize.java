package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Setting;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents appended to files, one JSON object a line: every change, rather than the last. How long each file is after a
 * commit is written, with the checkpoint, to a file beside them that is replaced whole; what a crash appended after it is
 * cut off, so each change is in the file once.
 */
public final class FileMaterialize implements Materialize<FileMaterialize.Config, FileMaterialize.Resource> {
  /** Where the files are. */
  public record Config(@Setting(description = "Folder of the files; made when it is missing") String directory) {}

  /** A file. */
  public record Resource(
      @Setting(description = "Name of the file, without a folder", collectionName = true) String file) {
    public Resource {
      if (!file.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")) {
        throw new IllegalArgumentException(
            "a file's name must be letters, digits, '_', '-' and '.', and not begin with '.', is \"" + file + "\"");
      }
    }
  }

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  @Override
  public Class<Resource> resourceType() {
    return Resource.class;
  }

  @Override
  public List<String> resourcePath(Config config, Resource resource) {
    return List.of(resource.file());
  }

  @Override
  public boolean deltaUpdates(Resource resource) {
    return true;
  }

  @Override
  public Map<String, Constraint> constraints(Config config, Resource resource, CollectionSpec collection) {
    Map<String, Constraint> constraints = new LinkedHashMap<>();
    collection.projections().forEach(projection -> constraints.put(projection.field(),
        Constraint.ofWholeDocuments(projection, "the document is the line", "only the document is written")));
    return constraints;
  }

  @Override
  public String apply(Config config, List<Bound<Resource>> bindings) throws IOException {
    Path directory = Path.of(config.directory());
    if (Files.isDirectory(directory)) {
      return "";
    }
    Files.createDirectories(directory);
    return "made " + directory;
  }

  @Override
  public Transactor open(Config config, String task, RangeSpec range, List<Bound<Resource>> bindings, JsonNode state)
      throws IOException {
    return new Session(Path.of(config.directory()), task, bindings);
  }

  private static final class Session implements Transactor {
    private final Path marker;
    private final @Nullable JsonNode checkpoint;
    private final List<FileChannel> files = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<ByteArrayOutputStream> buffers = new ArrayList<>();

    Session(Path directory, String task, List<Bound<Resource>> bindings) throws IOException {
      Files.createDirectories(directory);
      marker = directory.resolve("." + task.replace('/', '_') + ".checkpoint");
      JsonNode old = Files.exists(marker) ? Json.parse(Files.readAllBytes(marker)) : Json.object();
      checkpoint = old.get("checkpoint");
      for (Bound<Resource> binding : bindings) {
        String name = binding.resource().file();
        FileChannel file = FileChannel.open(directory.resolve(name), StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
        long length = old.path("lengths").path(name).asLong(0);
        if (file.size() < length) {
          throw new IOException(directory.resolve(name) + " should be at least " + length + " bytes long and has "
              + file.size());
        }
        file.truncate(length).position(length);
        files.add(file);
        names.add(name);
        buffers.add(new ByteArrayOutputStream());
      }
    }

    @Override
    public Optional<JsonNode> checkpoint() {
      return Optional.ofNullable(checkpoint);
    }

    @Override
    public boolean loads() {
      return false;
    }

    @Override
    public void load(int binding, List<Packed> keys, Found found) {
      // Files are only ever appended to.
    }

    @Override
    public void store(Row row) throws IOException {
      ByteArrayOutputStream buffer = buffers.get(row.binding());
      buffer.write(Json.bytes(row.document() == null ? Json.object() : row.document()));
      buffer.write('\n');
      if (buffer.size() > 1 << 20) {
        flush(row.binding());
      }
    }

    private void flush(int index) throws IOException {
      ByteBuffer content = ByteBuffer.wrap(buffers.get(index).toByteArray());
      while (content.hasRemaining()) {
        files.get(index).write(content);
      }
      buffers.get(index).reset();
    }

    @Override
    public ConnectorState commit(JsonNode next) throws IOException {
      ObjectNode mark = Json.object();
      ObjectNode lengths = mark.putObject("lengths");
      for (int i = 0; i < files.size(); i++) {
        flush(i);
        files.get(i).force(false);
        lengths.put(names.get(i), files.get(i).position());
      }
      mark.set("checkpoint", next);
      Path fresh = marker.resolveSibling(marker.getFileName() + ".new");
      try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING)) {
        file.write(ByteBuffer.wrap(Json.bytes(mark)));
        file.force(true);
      }
      Files.move(fresh, marker, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel folder = FileChannel.open(marker.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
        folder.force(true);
      }
      return ConnectorState.unchanged();
    }

    @Override
    public void close() {
      for (FileChannel file : files) {
        try {
          file.close();
        } catch (IOException e) {
          throw new UncheckedIOException("cannot close a file beside " + marker, e);
        }
      }
    }
  }
}
