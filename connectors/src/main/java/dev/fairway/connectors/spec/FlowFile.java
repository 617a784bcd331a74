package dev.fairway.connectors.spec;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connector.proto.Wire;
import dev.fairway.connectors.reduce.Reducer;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * One or several Flow specification files, read and checked as a whole. All problems are told at once, and an unknown
 * member is one.
 */
public final class FlowFile {
  private static final YAMLMapper YAML = YAMLMapper.builder()
      .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final Map<String, Capture> captures = new TreeMap<>();
  private final Map<String, Materialization> materializations = new TreeMap<>();
  private final Map<String, Derivation> derivations = new TreeMap<>();
  private final Map<String, Collection> collections = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private final Set<Path> seen = new HashSet<>();
  private final Sealed sealed;

  private FlowFile(Sealed sealed) {
    this.sealed = sealed;
  }

  /**
   * Reads a file and everything it imports.
   *
   * @throws FairwayException with {@code CONFIGURATION} and every problem there is
   */
  public static FlowFile read(Path file, Sealed sealed) {
    FlowFile flow = new FlowFile(sealed);
    flow.load(file.toAbsolutePath().normalize());
    flow.check();
    if (!flow.problems.isEmpty()) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          flow.problems.size() + (flow.problems.size() == 1 ? " problem" : " problems") + " in " + file + ":\n  "
              + String.join("\n  ", flow.problems));
    }
    return flow;
  }

  /** A file as a tree: YAML, of which JSON is a part. */
  public static JsonNode tree(Path file) {
    try {
      JsonNode tree = YAML.readTree(Files.readAllBytes(file));
      return tree == null || tree.isMissingNode() ? Json.object() : tree;
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot read " + file + ": " + Why.inWords(e), e);
    } catch (JacksonException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, file + " is not YAML or JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** A tree as YAML text. */
  public static String yaml(JsonNode tree) {
    return YAML.writeValueAsString(tree);
  }

  public Map<String, Capture> captures() {
    return captures;
  }

  public Map<String, Materialization> materializations() {
    return materializations;
  }

  /** Derivations by the collection they make. */
  public Map<String, Derivation> derivations() {
    return derivations;
  }

  public Map<String, Collection> collections() {
    return collections;
  }

  /** A collection as connectors see it. */
  public CollectionSpec collection(String name) {
    Collection collection = collections.get(name);
    if (collection == null) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "no collection " + name + Near.of(name, collections.keySet()));
    }
    return collection.spec();
  }

  private void load(Path file) {
    if (!seen.add(file)) {
      return;
    }
    JsonNode tree = tree(file);
    known(tree, file.getFileName().toString(), "import", "collections", "captures", "materializations", "tests",
        "storageMappings", "$schema");
    Path folder = file.getParent() == null ? Path.of("") : file.getParent();
    for (JsonNode imported : tree.path("import")) {
      if (imported.asString("").contains("://")) {
        problems.add("import " + imported.asString("") + ": only files can be imported");
      } else {
        load(folder.resolve(imported.asString("")).normalize());
      }
    }
    tree.path("collections").properties().forEach(
        entry -> attempt("collection " + entry.getKey(), () -> collection(entry.getKey(), entry.getValue(), file)));
    tree.path("captures").properties()
        .forEach(entry -> attempt("capture " + entry.getKey(), () -> capture(entry.getKey(), entry.getValue(), file)));
    tree.path("materializations").properties().forEach(entry -> attempt("materialization " + entry.getKey(),
        () -> materialization(entry.getKey(), entry.getValue(), file)));
  }

  private void collection(String name, JsonNode node, Path file) {
    name(name);
    Path folder = folderOf(file);
    known(node, "collection " + name, "schema", "writeSchema", "readSchema", "key", "projections", "journals", "derive",
        "expectPubId", "delete", "reset");
    JsonNode write = schema(node.has("schema") ? node.path("schema") : node.path("writeSchema"), folder);
    JsonNode read = node.has("readSchema") ? schema(node.path("readSchema"), folder) : null;
    List<String> key = strings(node.path("key"));
    if (key.isEmpty()) {
      problems.add("collection " + name + ": needs a key of at least one JSON pointer");
    }
    key.stream().filter(pointer -> !pointer.startsWith("/"))
        .forEach(pointer -> problems.add("collection " + name + ": key \"" + pointer + "\" must begin with '/'"));
    Map<String, String> projections = new LinkedHashMap<>();
    node.path("projections").properties().forEach(entry -> projections.put(entry.getKey(),
        entry.getValue().isString() ? entry.getValue().stringValue() : entry.getValue().path("location").asString("")));
    for (JsonNode schema : read == null ? List.of(write) : List.of(write, read)) {
      attempt("collection " + name + ": schema", () -> Reducer.of(schema));
    }
    collections.put(name, new Collection(name, write, Projections.of(name, write, read, key, projections)));
    if (node.has("derive")) {
      attempt("derivation " + name, () -> derivation(name, node.path("derive"), file));
    }
  }

  private void derivation(String name, JsonNode node, Path file) {
    known(node, "derivation " + name, "using", "transforms", "shuffleKeyTypes", "shards");
    Path folder = folderOf(file);
    Endpoint endpoint = endpoint("derivation " + name, node.path("using"), folder);
    List<Derivation.Transform> transforms = new ArrayList<>();
    for (JsonNode transform : node.path("transforms")) {
      known(transform, "a transform of derivation " + name, "name", "source", "shuffle", "lambda", "priority",
          "readDelay", "disable", "backfill");
      if (!transform.path("disable").asBoolean(false)) {
        transforms.add(transform(transform, folder));
      }
    }
    if (transforms.stream().map(Derivation.Transform::name).distinct().count() < transforms.size()) {
      throw new IllegalArgumentException("two transforms have the same name");
    }
    derivations.put(name,
        new Derivation(name, endpoint, transforms, strings(node.path("shuffleKeyTypes")), shards(node), file));
  }

  private Derivation.Transform transform(JsonNode node, Path folder) {
    String name = node.path("name").asString("");
    if (!name.matches("[\\p{L}\\p{N}_.-]+")) {
      throw new IllegalArgumentException("a transform needs a name of letters, digits, '-', '_' and '.'");
    }
    JsonNode source = node.path("source");
    if (source.isObject()) {
      known(source, "the source of transform " + name, "name");
    }
    JsonNode shuffle = node.path("shuffle");
    boolean any = shuffle.isMissingNode() || shuffle.asString("").equals("any");
    if (!any && !shuffle.path("key").isArray()) {
      throw new IllegalArgumentException("transform " + name + ": shuffle must be any, or { key: [/pointer, …] }");
    }
    JsonNode lambda = node.path("lambda");
    return new Derivation.Transform(name, source.isString() ? source.stringValue() : source.path("name").asString(""),
        strings(shuffle.path("key")), lambda.isString() ? lambda : config(lambda, folder),
        node.path("priority").asInt(0), HumanTime.parse(node.path("readDelay").asString("0s")),
        node.path("backfill").asInt(0));
  }

  private JsonNode schema(JsonNode node, Path folder) {
    if (!node.isString()) {
      return node.isMissingNode() ? Json.object() : node;
    }
    String[] reference = node.stringValue().split("#", 2);
    JsonNode tree = tree(folder.resolve(reference[0]));
    return reference.length == 1 ? tree : tree.at(reference[1]);
  }

  private void capture(String name, JsonNode node, Path file) {
    name(name);
    known(node, "capture " + name, "endpoint", "bindings", "interval", "autoDiscover", "shards", "redactSalt",
        "expectPubId", "delete");
    Path folder = folderOf(file);
    List<CaptureBinding> bindings = new ArrayList<>();
    for (JsonNode binding : node.path("bindings")) {
      known(binding, "a binding of capture " + name, "resource", "target", "disable", "backfill");
      if (!binding.path("disable").asBoolean(false)) {
        bindings.add(new CaptureBinding(config(binding.path("resource"), folder), binding.path("target").asString(""),
            binding.path("backfill").asInt(0)));
      }
    }
    captures.put(name, new Capture(name, endpoint("capture " + name, node.path("endpoint"), folder), bindings,
        interval(name, node.path("interval").asString("5m")), shards(node), file));
  }

  private void materialization(String name, JsonNode node, Path file) {
    name(name);
    known(node, "materialization " + name, "endpoint", "source", "sourceCapture", "onIncompatibleSchemaChange",
        "bindings", "shards", "expectPubId", "delete");
    Path folder = folderOf(file);
    List<MaterializationBinding> bindings = new ArrayList<>();
    for (JsonNode binding : node.path("bindings")) {
      known(binding, "a binding of materialization " + name, "resource", "source", "disable", "priority", "backfill",
          "onIncompatibleSchemaChange", "fields");
      if (!binding.path("disable").asBoolean(false)) {
        JsonNode source = binding.path("source");
        JsonNode fields = binding.path("fields");
        JsonNode require = fields.has("require") ? fields.path("require") : fields.path("include");
        bindings.add(new MaterializationBinding(config(binding.path("resource"), folder),
            source.isString() ? source.stringValue() : source.path("name").asString(""),
            binding.path("backfill").asInt(0),
            !fields.path("recommended").isBoolean() || fields.path("recommended").booleanValue(),
            List.copyOf(require.propertyNames()), strings(fields.path("exclude"))));
      }
    }
    materializations.put(name, new Materialization(name,
        endpoint("materialization " + name, node.path("endpoint"), folder), bindings, shards(node), file));
  }

  private Endpoint endpoint(String owner, JsonNode node, Path folder) {
    if (node.size() != 1) {
      throw new IllegalArgumentException("needs one endpoint: local, connector, airbyte or singer");
    }
    String kind = node.propertyNames().iterator().next();
    JsonNode body = node.path(kind);
    JsonNode config = config(body.path("config"), folder);
    return switch (kind) {
      case "local" -> {
        known(body, "the endpoint of " + owner, "command", "config", "env", "protobuf");
        yield new Endpoint.Local(strings(body.path("command")), env(body),
            body.path("protobuf").asBoolean(false) ? Wire.PROTO : Wire.JSON, config);
      }
      case "airbyte", "singer" -> {
        known(body, "the endpoint of " + owner, "command", "config", "env", "stage");
        List<String> command = strings(body.path("command"));
        Optional<Path> stage = body.path("stage").asStringOpt().map(folder::resolve);
        yield kind.equals("airbyte")
            ? new Endpoint.Airbyte(command, env(body), config, stage)
            : new Endpoint.Singer(command, env(body), config, stage);
      }
      case "connector" -> {
        known(body, "the endpoint of " + owner, "image", "config");
        String image = body.path("image").asString("");
        yield image.startsWith("fairway/")
            ? new Endpoint.Shipped(image.substring(8).split(":", 2)[0], config)
            : new Endpoint.Image(image, config);
      }
      default -> throw new IllegalArgumentException(
          "no endpoint \"" + kind + "\"; there are local, connector, airbyte and singer");
    };
  }

  private JsonNode config(JsonNode node, Path folder) {
    JsonNode tree = node.isString() ? tree(folder.resolve(node.stringValue())) : node;
    return tree.isMissingNode() || tree.isNull() ? Json.object() : sealed.unseal(tree);
  }

  private void check() {
    for (Capture capture : captures.values()) {
      capture.bindings().forEach(binding -> reference("capture " + capture.name(), binding.target()));
    }
    for (Materialization materialization : materializations.values()) {
      materialization.bindings()
          .forEach(binding -> reference("materialization " + materialization.name(), binding.source()));
    }
    for (Derivation derivation : derivations.values()) {
      derivation.transforms().forEach(transform -> reference("derivation " + derivation.name(), transform.source()));
    }
  }

  private void reference(String owner, String collection) {
    if (!collections.containsKey(collection)) {
      problems.add(owner + ": no collection " + collection + Near.of(collection, collections.keySet()));
    }
  }

  private void attempt(String owner, Runnable part) {
    try {
      part.run();
    } catch (IllegalArgumentException | FairwayException e) {
      problems.add(owner + ": " + e.getMessage());
    }
  }

  private void name(String name) {
    if (!name.matches("[\\p{L}\\p{N}_.-]+(/[\\p{L}\\p{N}_.-]+)*")) {
      problems.add("\"" + name + "\" must be tokens of letters, digits, '-', '_' and '.', separated by '/'");
    }
  }

  private void known(JsonNode node, String owner, String... members) {
    List<String> list = List.of(members);
    for (String member : node.propertyNames()) {
      if (!list.contains(member)) {
        problems.add(owner + ": unknown member \"" + member + "\"" + Near.of(member, list));
      }
    }
  }

  private static Map<String, String> env(JsonNode body) {
    Map<String, String> env = new LinkedHashMap<>();
    body.path("env").properties().forEach(entry -> env.put(entry.getKey(), entry.getValue().asString("")));
    return env;
  }

  private static Shards shards(JsonNode node) {
    JsonNode shards = node.path("shards");
    return new Shards(shards.path("disable").asBoolean(false), shards.path("logLevel").asString("info"),
        shards.has("maxTxnDuration")
            ? Optional.of(HumanTime.parse(shards.path("maxTxnDuration").asString("")))
            : Optional.empty());
  }

  private static Duration interval(String name, String text) {
    try {
      return HumanTime.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("interval of " + name + ": " + e.getMessage(), e);
    }
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(item -> strings.add(item.asString("")));
    return strings;
  }

  private static Path folderOf(Path file) {
    return file.getParent() == null ? Path.of("") : file.getParent();
  }

  /** A collection, and the schema its writers are held to. */
  public record Collection(String name, JsonNode writeSchema, CollectionSpec spec) {}

  /**
   * A capture.
   *
   * @param interval from one start to the next
   */
  public record Capture(String name, Endpoint endpoint, List<CaptureBinding> bindings, Duration interval, Shards shards,
      Path file) {
    public Capture {
      bindings = List.copyOf(bindings);
    }

    /** The same capture with another configuration of its endpoint. */
    public Capture withConfig(JsonNode config) {
      return new Capture(name, endpoint.withConfig(config), bindings, interval, shards, file);
    }
  }

  /** An outer resource and the collection its documents go to. */
  public record CaptureBinding(JsonNode resource, String target, int backfill) {}

  /** A materialization. */
  public record Materialization(String name, Endpoint endpoint, List<MaterializationBinding> bindings, Shards shards,
      Path file) {
    public Materialization {
      bindings = List.copyOf(bindings);
    }

    /** The same materialization with another configuration of its endpoint. */
    public Materialization withConfig(JsonNode config) {
      return new Materialization(name, endpoint.withConfig(config), bindings, shards, file);
    }
  }

  /** A collection and the outer resource its documents go to. */
  public record MaterializationBinding(JsonNode resource, String source, int backfill, boolean recommended,
      List<String> require, List<String> exclude) {
    public MaterializationBinding {
      require = List.copyOf(require);
      exclude = List.copyOf(exclude);
    }
  }

  /** How a task runs. */
  public record Shards(boolean disable, String logLevel, Optional<Duration> maxTransaction) {}
}
