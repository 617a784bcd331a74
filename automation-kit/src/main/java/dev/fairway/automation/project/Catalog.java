package dev.fairway.automation.project;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.pack.DitFile;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A folder of released packages with an index, {@code catalog.json}: for each release its name, version, file, SHA-256,
 * date and types. A release is a copy and an entry; who serves the folder serves the catalog.
 */
public record Catalog(Path folder) {
  private static final String INDEX = "catalog.json";

  /** What a release is called: {@code NAME-vVERSION}. */
  public static String tag(DitFile dit) {
    PackageMetadata.Catalog catalog = dit.metadata().catalog()
        .orElseThrow(() -> new FairwayException(ErrorCode.INVALID, "the package has no name and version"));
    return catalog.name() + "-v" + catalog.version();
  }

  public boolean has(String tag) throws IOException {
    return index().has(tag);
  }

  private ObjectNode index() throws IOException {
    Path file = folder.resolve(INDEX);
    return Files.exists(file)
        && JsonMapper.shared().readTree(Files.readString(file)).path("releases") instanceof ObjectNode releases
            ? releases
            : JsonMapper.shared().createObjectNode();
  }

  /**
   * Copies a package and writes it into the index.
   *
   * @throws FairwayException with {@code CONFLICT} when that version is there and may not be replaced
   */
  public void release(DitFile dit, boolean replace) throws IOException {
    ObjectNode releases = index();
    String tag = tag(dit);
    if (releases.has(tag) && !replace) {
      throw new FairwayException(ErrorCode.CONFLICT, tag + " is released already; raise the version, or use --force");
    }
    PackageMetadata.Catalog catalog = dit.metadata().catalog().orElseThrow();
    Files.createDirectories(folder);
    Files.copy(dit.file(), folder.resolve(catalog.fileName()), StandardCopyOption.REPLACE_EXISTING);
    ObjectNode release = JsonMapper.shared().createObjectNode().put("name", catalog.name())
        .put("version", catalog.version()).put("description", catalog.shortDescription())
        .put("file", catalog.fileName()).put("sha256", dit.hash()).put("experimental", catalog.experimental())
        .put("release_date", catalog.more().getOrDefault("release_date", ""));
    dit.metadata().types().forEach(type -> release.withArray("types").add(type.id()));
    releases.set(tag, release);
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    releases.properties().forEach(one -> sorted.put(one.getKey(), one.getValue()));
    ObjectNode root = JsonMapper.shared().createObjectNode().put("schema_version", 1);
    ObjectNode all = root.putObject("releases");
    sorted.forEach(all::set);
    Path part = Files.createTempFile(folder, INDEX, ".tmp");
    Files.writeString(part, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    Files.move(part, folder.resolve(INDEX), StandardCopyOption.REPLACE_EXISTING);
  }
}
