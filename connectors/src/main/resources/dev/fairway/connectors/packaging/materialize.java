import dev.fairway.connector.ConnectorMain;
import dev.fairway.connector.Materialize;
import dev.fairway.connector.Setting;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.ConnectorState;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.Packed;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connector.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Appends each change to a file: replace it by your destination. */
public final class Main implements Materialize<Main.Config, Main.Resource> {
  public static void main(String[] args) {
    ConnectorMain.run(new Main());
  }

  /** What is asked of the person who configures the connector; its JSON schema is made from this record. */
  public record Config(@Setting(description = "Folder that the files are in") String directory) {}

  /** Where one collection goes. */
  public record Resource(@Setting(description = "Name of the file", collectionName = true) String file) {}

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
    collection.projections().forEach(field -> constraints.put(field.field(), field.ptr().isEmpty() || field.isPrimaryKey()
        ? new Constraint("LOCATION_REQUIRED", "a line is a whole document", "")
        : new Constraint("FIELD_OPTIONAL", "it is in the document", "")));
    return constraints;
  }

  @Override
  public String apply(Config config, List<Bound<Resource>> bindings) throws IOException {
    Files.createDirectories(Path.of(config.directory()));
    return "";
  }

  @Override
  public Transactor open(Config config, String task, RangeSpec range, List<Bound<Resource>> bindings, JsonNode state) {
    return new Lines(bindings.stream().map(binding -> Path.of(config.directory(), binding.resource().file())).toList());
  }

  /** At least once: a crash between the write and the runtime's commit writes the transaction again. */
  private record Lines(List<Path> files, List<List<String>> pending) implements Transactor {
    Lines(List<Path> files) {
      this(files, files.stream().<List<String>>map(file -> new ArrayList<>()).toList());
    }

    @Override
    public boolean loads() {
      return false;
    }

    @Override
    public void load(int binding, List<Packed> keys, Found found) {}

    @Override
    public void store(Row row) {
      pending.get(row.binding()).add(Json.text(row.document()));
    }

    @Override
    public ConnectorState commit(JsonNode checkpoint) throws IOException {
      for (int i = 0; i < files.size(); i++) {
        Files.write(files.get(i), pending.get(i), StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
        pending.get(i).clear();
      }
      return ConnectorState.unchanged();
    }

    @Override
    public void close() {}
  }
}
