package dev.fairway.connectors.capture;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.Setting;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.json.Lines;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows of files: JSON lines or CSV with a header (RFC 4180), compressed or not, in a folder or at a web address. A document
 * is named by its file and row. Files are read from the row that was committed last, so one that is appended to is captured
 * row by row; one that became shorter stops the capture, because nobody can tell which rows it still is.
 */
public final class FilesCapture implements Capture<FilesCapture.Config, FilesCapture.Resource> {
  private static final Pattern KNOWN = Pattern.compile("(.+)\\.(csv|jsonl|ndjson)(\\.gz)?");
  private static final long BATCH = 1 << 20;
  private static final String ROWS = "rows";

  /** Where the files are. */
  public record Config(
      @Setting(description = "A folder, or the http or https address below which the files are") String location) {}

  /** A file. */
  public record Resource(
      @Setting(description = "Name of the file below the location: *.csv, *.jsonl or *.ndjson, and .gz of these", collectionName = true) String file) {
    public Resource {
      if (!KNOWN.matcher(file).matches() || file.startsWith("/") || List.of(file.split("/")).contains("..")) {
        throw new IllegalArgumentException("a file must be a *.csv, *.jsonl or *.ndjson below the location, or a .gz of"
            + " these, is \"" + file + "\"");
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
  public List<String> resourcePath(Resource resource) {
    return List.of(resource.file());
  }

  @Override
  public List<String> resourcePathPointers() {
    return List.of("/file");
  }

  @Override
  public List<Discovery<Resource>> discover(Config config) throws IOException {
    if (remote(config)) {
      return List.of();
    }
    List<Discovery<Resource>> found = new ArrayList<>();
    Path folder = Path.of(config.location());
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = folder.relativize(file).toString();
        var known = KNOWN.matcher(name);
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
    if (!remote(config)) {
      for (Resource resource : resources) {
        if (!Files.isReadable(Path.of(config.location(), resource.file()))) {
          throw new FairwayException(ErrorCode.CONFIGURATION,
              "cannot read " + resource.file() + " in " + config.location());
        }
      }
    }
  }

  private static boolean remote(Config config) {
    return config.location().startsWith("http://") || config.location().startsWith("https://");
  }

  @Override
  public void run(Config config, CaptureSession<Resource> session) throws Exception {
    for (Bound<Resource> binding : session.bindings()) {
      String file = binding.resource().file();
      if (!remote(config)) {
        try (InputStream in = Files.newInputStream(Path.of(config.location(), file))) {
          read(in, binding, session);
        }
        continue;
      }
      URI address = URI.create(config.location().replaceAll("/*$", "/")).resolve(file);
      // Whoever configures the capture says where it goes.
      try (OutboundClient outbound = new OutboundClient(OutboundConfig.defaults().withResponseLimit(Long.MAX_VALUE),
          EgressPolicy.trusting())) {
        OutboundResult result = outbound.stream(OutboundRequest.get(address), (answer, body) -> {
          if (answer.ok()) {
            read(body, binding, session);
          }
        });
        if (!(result instanceof OutboundResult.Answered answer && answer.ok())) {
          throw new IOException("cannot read " + address + ": " + result);
        }
      }
    }
  }

  private static void read(InputStream raw, Bound<Resource> binding, CaptureSession<Resource> session)
      throws IOException {
    String file = binding.resource().file();
    InputStream in = new BufferedInputStream(raw, 1 << 16);
    if (file.endsWith(".gz")) {
      in = new GZIPInputStream(in, 1 << 16);
    }
    long committed = session.state(binding).map(state -> state.path(ROWS).asLong(0)).orElse(0L);
    RowReader rows = file.replaceAll("\\.gz$", "").endsWith(".csv") ? csv(in) : lines(in);
    CaptureSession.Batch<Resource> batch = session.batch();
    long row = 0;
    for (Optional<ObjectNode> next = rows.next(); next.isPresent() && !session.stopping(); next = rows.next()) {
      if (row++ < committed) {
        continue;
      }
      batch.document(binding, named(next.get(), file, row - 1));
      if (batch.bytes() >= BATCH) {
        var _ = batch.state(binding, Json.object().put(ROWS, row)).commit();
        batch = session.batch();
      }
    }
    if (row < committed && !session.stopping()) {
      throw new IOException(file + " has " + row + " rows and had " + committed
          + " when it was captured last; raise the binding's backfill to capture it anew");
    }
    if (batch.bytes() > 0) {
      var _ = batch.state(binding, Json.object().put(ROWS, row)).commit();
    }
  }

  private static ObjectNode named(ObjectNode document, String file, long row) {
    ObjectNode named = Json.object();
    named.putObject("_meta").put("file", file).put("row", row);
    document.properties().stream().filter(member -> !member.getKey().equals("_meta"))
        .forEach(member -> named.set(member.getKey(), member.getValue()));
    return named;
  }

  private static RowReader lines(InputStream in) {
    Lines lines = new Lines(in, Lines.FLOW_LIMIT);
    return () -> {
      if (!lines.nextOrRest()) {
        return Optional.empty();
      }
      if (Json.parse(lines.buffer(), lines.from(), lines.to()) instanceof ObjectNode object) {
        return Optional.of(object);
      }
      throw new IOException("a line is no JSON object");
    };
  }

  private static RowReader csv(InputStream in) throws IOException {
    Csv csv = new Csv(new InputStreamReader(in, StandardCharsets.UTF_8));
    List<String> header = csv.next().orElse(List.of());
    return () -> {
      Optional<List<String>> fields = csv.next();
      if (fields.isEmpty()) {
        return Optional.empty();
      }
      if (fields.get().size() != header.size()) {
        throw new IOException("a row has " + fields.get().size() + " fields and the header " + header.size());
      }
      ObjectNode document = Json.object();
      for (int i = 0; i < header.size(); i++) {
        document.put(header.get(i), fields.get().get(i));
      }
      return Optional.of(document);
    };
  }

  /** The rows of a file, one after the other; empty at its end. */
  private interface RowReader {
    Optional<ObjectNode> next() throws IOException;
  }
}
