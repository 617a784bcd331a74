package dev.fairway.connectors.lake;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Setting;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connectors.bucket.BucketAddress;
import dev.fairway.s3.Bucket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Every change of collections in files, exactly once: {@code FOLDER/TASK-TRANSACTION-PART.EXTENSION} below the location, where
 * a slash in the task's name is a tilde. What begins with {@code _fairway/} is the task's own; readers leave such names alone.
 *
 * <p>Of several sessions the one that began last writes; how is told at {@link Commits}. Rows of a transaction appear a
 * file at a time.
 */
public final class LakeMaterialize implements Materialize<LakeMaterialize.Config, LakeMaterialize.Resource> {
  /** Where the files are. */
  public record Config(
      @Setting(description = "s3://BUCKET/PREFIX, or a folder, which is made when it is missing") String location,
      @Setting(description = "Of a bucket that is not Amazon's: the service's address. It must heed conditional writes") Optional<java.net.URI> endpoint,
      @Setting(description = "Of a bucket: its region", defaultValue = "\"us-east-1\"") String region,
      @Setting(description = "Of a bucket: who writes; found as Amazon's tools find it when it is not given") Optional<String> accessKey,
      @Setting(description = "Its secret", secret = true) Optional<String> secretKey,
      @Setting(description = "How large a file is, in megabytes, when the next is begun", defaultValue = "64", advanced = true) int fileMegabytes,
      @Setting(description = "How many megabytes of documents a transaction waits for, so that files are not small; 0 to store each at once", defaultValue = "16", advanced = true) int leastMegabytes,
      @Setting(description = "But no document waits longer than that (ISO 8601)", defaultValue = "\"PT5M\"", advanced = true) Duration longestWait) {
    private static final Duration MOST_WAIT = Duration.ofHours(24);

    public Config {
      if (fileMegabytes < 1 || fileMegabytes > 1024) {
        throw new IllegalArgumentException("fileMegabytes must be 1 to 1024, is " + fileMegabytes);
      }
      if (leastMegabytes < 0 || leastMegabytes > 1024) {
        throw new IllegalArgumentException("leastMegabytes must be 0 to 1024, is " + leastMegabytes);
      }
      if (longestWait.isNegative() || longestWait.compareTo(MOST_WAIT) > 0) {
        throw new IllegalArgumentException("longestWait must be PT0S to PT24H, is " + longestWait);
      }
      BucketAddress.requireFolderOrBucket(location);
    }

    @Override
    public String toString() {
      return location;
    }
  }

  /** A folder of files. */
  public record Resource(
      @Setting(description = "Name of the folder below the location", collectionName = true) String folder,
      @Setting(description = "jsonl: documents, one a line, compressed by gzip; parquet: a typed column for each field", defaultValue = "\"jsonl\"") Format format) {
    public Resource {
      if (!folder.matches("[A-Za-z0-9][A-Za-z0-9._=-]*(/[A-Za-z0-9][A-Za-z0-9._=-]*)*") || folder.length() > 200) {
        throw new IllegalArgumentException("a folder's name must be of letters, digits, '.', '_', '=', '-' and slashes"
            + " between, and begin with a letter or digit, is \"" + folder + "\"");
      }
    }
  }

  private final Path scratch;

  /** @param scratch where files are written before they are sent */
  public LakeMaterialize(Path scratch) {
    this.scratch = scratch;
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
    return List.of(resource.folder());
  }

  @Override
  public boolean deltaUpdates(Resource resource) {
    return true;
  }

  @Override
  public Map<String, Constraint> constraints(Config config, Resource resource, CollectionSpec collection)
      throws IOException {
    try (Shelf shelf = shelf(config)) {
      shelf.list("_fairway/nothing");
    }
    Map<String, Constraint> constraints = new LinkedHashMap<>();
    collection.projections().forEach(field -> constraints.put(field.field(), resource.format().constraint(field)));
    return constraints;
  }

  @Override
  public String apply(Config config, List<Bound<Resource>> bindings) {
    return "";
  }

  @Override
  public Pace pace(Config config) {
    return new Pace((long) config.leastMegabytes() << 20, config.longestWait());
  }

  @Override
  public Transactor open(Config config, String task, RangeSpec range, List<Bound<Resource>> bindings, JsonNode state)
      throws IOException {
    Shelf shelf = shelf(config);
    try {
      return new LakeTransactor(shelf, task, bindings, (long) config.fileMegabytes() << 20, scratch);
    } catch (IOException | RuntimeException e) {
      shelf.close();
      throw e;
    }
  }

  private static Shelf shelf(Config config) {
    return BucketAddress.isOne(config.location())
        ? new BucketShelf(new Bucket(BucketAddress.config(config.location(), config.endpoint(), config.region(),
            config.accessKey(), config.secretKey())))
        : new FolderShelf(Path.of(config.location()));
  }
}
