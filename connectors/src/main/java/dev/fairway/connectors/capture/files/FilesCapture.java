package dev.fairway.connectors.capture.files;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.Setting;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.bucket.BucketAddress;
import dev.fairway.s3.Bucket;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows of files: JSON lines or CSV with a header (RFC 4180), compressed or not, in a folder, in a bucket or at a web address.
 * A document is named by its file and row. Files are read from the row that was committed last, so one that is appended to is
 * captured row by row; what lies before it is not read again, unless the file is compressed or its server knows no ranges. One
 * that became shorter stops the capture, and so does one with no line's end where there was one: nobody can tell which rows
 * it still is.
 */
public final class FilesCapture implements Capture<FilesCapture.Config, FilesCapture.Resource> {
  private static final Pattern KNOWN = Pattern.compile("(.+)\\.(csv|jsonl|ndjson)(\\.gz)?");
  private static final long BATCH = 1 << 20;

  /** Where the files are. */
  public record Config(
      @Setting(description = "A folder, s3://BUCKET/PREFIX, or the http or https address below which the files are") String location,
      @Setting(description = "Of a bucket that is not Amazon's: the service's address") Optional<URI> endpoint,
      @Setting(description = "Of a bucket: its region", defaultValue = "\"us-east-1\"") String region,
      @Setting(description = "Of a bucket: who reads; found as Amazon's tools find it when it is not given") Optional<String> accessKey,
      @Setting(description = "Its secret", secret = true) Optional<String> secretKey) {
    public Config {
      if (!remote(location)) {
        BucketAddress.requireFolderOrBucket(location);
      }
    }

    private static boolean remote(String location) {
      return location.startsWith("http://") || location.startsWith("https://");
    }

    private FileHome home() {
      if (remote(location)) {
        return new WebHome(location);
      }
      return BucketAddress.isOne(location)
          ? new BucketHome(new Bucket(BucketAddress.config(location, endpoint, region, accessKey, secretKey)))
          : new FolderHome(Path.of(location));
    }

    @Override
    public String toString() {
      return location;
    }
  }

  /** A file. */
  public record Resource(
      @Setting(description = "Name of the file below the location: *.csv, *.jsonl or *.ndjson, and .gz of these", collectionName = true) String file) {
    public Resource {
      if (!KNOWN.matcher(file).matches() || file.startsWith("/") || List.of(file.split("/")).contains("..")) {
        throw new IllegalArgumentException("a file must be a *.csv, *.jsonl or *.ndjson below the location, or a .gz of"
            + " these, is \"" + file + "\"");
      }
    }

    private boolean compressed() {
      return file.endsWith(".gz");
    }

    private boolean csv() {
      return file.endsWith(".csv") || file.endsWith(".csv.gz");
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
  public List<String> resourcePath(Resource resource) {
    return List.of(resource.file());
  }

  @Override
  public List<String> resourcePathPointers() {
    return List.of("/file");
  }

  @Override
  public List<Discovery<Resource>> discover(Config config) throws IOException {
    List<Discovery<Resource>> found = new ArrayList<>();
    try (FileHome home = config.home()) {
      for (String name : home.names()) {
        Matcher known = KNOWN.matcher(name);
        if (known.matches()) {
          found
              .add(new Discovery<>(known.group(1), new Resource(name), schema(), List.of("/_meta/file", "/_meta/row")));
        }
      }
    }
    return found;
  }

  private static JsonNode schema() {
    return Json.parse("""
        {"type":"object","properties":{"_meta":{"type":"object","properties":{"file":{"type":"string"},
        "row":{"type":"integer"}},"required":["file","row"]}},"required":["_meta"],"x-infer-schema":true}""");
  }

  @Override
  public void validate(Config config, List<Resource> resources) throws IOException {
    try (FileHome home = config.home()) {
      for (Resource resource : resources) {
        home.require(resource.file());
      }
    }
  }

  @Override
  public void run(Config config, CaptureSession<Resource> session) throws Exception {
    try (FileHome home = config.home()) {
      for (Bound<Resource> binding : session.bindings()) {
        Place begin = Place.of(session.state(binding));
        // The byte before is read too: it must still end a line.
        home.read(binding.resource().file(), Math.max(0, begin.offset() - 1),
            bytes -> capture(bytes, begin, binding, session));
      }
    }
  }

  private static void capture(InputStream bytes, Place begin, Bound<Resource> binding, CaptureSession<Resource> session)
      throws IOException {
    Resource resource = binding.resource();
    requireContinued(bytes, begin, resource);
    InputStream in = resource.compressed() ? new GZIPInputStream(bytes, 1 << 16) : bytes;
    RowReader rows = resource.csv() ? RowReader.csv(in, begin.columns()) : RowReader.lines(in);
    CaptureSession.Batch<Resource> batch = session.batch();
    Place place = begin;
    long row = begin.row();
    for (Optional<ObjectNode> next = rows.next(); next.isPresent() && !session.stopping(); next = rows.next()) {
      if (row++ < begin.rows()) {
        continue;
      }
      batch.document(binding, named(next.get(), resource.file(), row - 1));
      place = place.through(row);
      if (!resource.compressed() && rows.consumed() >= 0) {
        place = place.from(row, begin.offset() + rows.consumed(), rows.columns());
      }
      if (batch.bytes() >= BATCH) {
        var _ = batch.state(binding, place.json()).commit();
        batch = session.batch();
      }
    }
    if (row < begin.rows() && !session.stopping()) {
      throw shorter(resource, rows(row), begin);
    }
    if (batch.bytes() > 0) {
      var _ = batch.state(binding, place.json()).commit();
    }
  }

  private static void requireContinued(InputStream bytes, Place begin, Resource resource) throws IOException {
    if (begin.offset() == 0) {
      return;
    }
    int before = bytes.read();
    if (before < 0) {
      throw shorter(resource, "fewer than " + begin.offset() + " bytes", begin);
    }
    if (before != '\n' && before != '\r') {
      throw new IOException(
          resource.file() + " has no line's end before byte " + begin.offset() + ", where there was one when"
              + " it was captured last: it is another file by now; raise the binding's backfill to capture it anew");
    }
  }

  private static String rows(long count) {
    return count + (count == 1 ? " row" : " rows");
  }

  private static IOException shorter(Resource resource, String what, Place begin) {
    return new IOException(resource.file() + " has " + what + " and had " + rows(begin.rows())
        + " when it was captured last; raise the binding's backfill to capture it anew");
  }

  private static ObjectNode named(ObjectNode document, String file, long row) {
    ObjectNode named = Json.object();
    named.putObject("_meta").put("file", file).put("row", row);
    document.properties().stream().filter(member -> !member.getKey().equals("_meta"))
        .forEach(member -> named.set(member.getKey(), member.getValue()));
    return named;
  }
}
