package dev.fairway.automation.project;

import dev.fairway.automation.ledger.TemplateSource;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.metadata.PackageMetadata.DamlModel;
import dev.fairway.automation.metadata.PackageMetadata.IntegrationType;
import dev.fairway.automation.pack.DitFile;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * An author's folder: {@code dit-meta.yaml}, sources in {@code src}, tests in {@code test}, and, where there are any,
 * templates for the local ledger in {@code templates.yaml}, DARs beside it, libraries in {@code lib} and other files for
 * the package in {@code pkg}. What is built lies in {@code target}, but for the package itself.
 */
public record Project(Path folder) {
  private static final YAMLMapper YAML = YAMLMapper.builder().disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
      .enable(YAMLWriteFeature.MINIMIZE_QUOTES).enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS).build();

  /**
   * How a package is to be built.
   *
   * @param force whether a package that is there is written over
   * @param skipTests whether the tests are left out
   * @param subdeployments further files for its root, which the metadata then name
   * @param today for {@code release_date}
   * @param daml reads a DAR's main package
   */
  public record Build(boolean force, boolean skipTests, List<Path> subdeployments, LocalDate today,
      Function<byte[], DamlModel> daml) {
    public Build {
      subdeployments = List.copyOf(subdeployments);
    }
  }

  /** A built package. */
  public record Built(Path file, String hash, Optional<TestRun> tests, List<String> warnings) {
    public Built {
      warnings = List.copyOf(warnings);
    }
  }

  public Project {
    folder = folder.toAbsolutePath().normalize();
  }

  /** @throws FairwayException with {@code NOT_FOUND} when the folder is no project, {@code INVALID} when there are several */
  public String metadataText() throws IOException {
    List<Path> found = PackageMetadata.FILE_NAMES.stream().map(folder::resolve).filter(Files::exists).toList();
    Optional<String> inDaml = damlYaml().map(yaml -> yaml.path("dit-meta")).filter(JsonNode::isObject)
        .map(YAML::writeValueAsString);
    if (found.size() + (inDaml.isPresent() ? 1 : 0) > 1) {
      throw new FairwayException(ErrorCode.INVALID, "Duplicate project metadata: there may be one of dit-meta.yaml,"
          + " dabl-meta.yaml and dit-meta in daml.yaml");
    }
    if (found.isEmpty()) {
      return inDaml.orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND,
          "Project metadata file not found: no dit-meta.yaml in " + folder));
    }
    return Files.readString(found.getFirst());
  }

  private Optional<JsonNode> damlYaml() throws IOException {
    Path file = folder.resolve("daml.yaml");
    return Files.exists(file) ? Optional.of(YAML.readTree(Files.readString(file))) : Optional.empty();
  }

  public PackageMetadata metadata() throws IOException {
    return PackageMetadata.parse(metadataText());
  }

  private PackageMetadata.Catalog catalog() throws IOException {
    return metadata().catalog()
        .orElseThrow(
            () -> new FairwayException(ErrorCode.INVALID, "dit-meta.yaml has no catalog with name and version"));
  }

  /** Where its package is built. */
  public Path target() throws IOException {
    return folder.resolve(catalog().fileName());
  }

  private Path work() {
    return folder.resolve("target");
  }

  /** Removes what was built. */
  public void clean() throws IOException {
    Files.deleteIfExists(target());
    if (Files.isDirectory(work())) {
      try (Stream<Path> files = Files.walk(work())) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Compiles, tests and packs it. The same sources, date and JDK make the same bytes.
   *
   * @throws FairwayException with {@code INVALID} when the metadata, the templates or the sources are wrong or a test fails;
   * {@code CONFLICT} when the package is there and may not be written over. There is no new package then
   */
  public Built build(Build how, PrintWriter out) throws IOException {
    PackageMetadata metadata = metadata();
    PackageMetadata.Catalog catalog = catalog();
    Path target = target();
    if (Files.exists(target) && !how.force()) {
      throw new FairwayException(ErrorCode.CONFLICT,
          "Target file already exists: " + target.getFileName() + "; build with --force to write over it");
    }
    List<String> warnings = new ArrayList<>(metadata.warnings());
    Map<String, byte[]> entries = new TreeMap<>();
    Files.createDirectories(work());
    Path classes = emptied(work().resolve("classes"));
    warnings.addAll(Compiler.compile(folder.resolve("src"), classes, joined(Compiler.sdk(), libraries())));
    Map<String, byte[]> compiled = Zips.below(classes);
    compiled.putAll(resources(folder.resolve("src")));
    Optional<TestRun> tests = how.skipTests() ? Optional.empty() : test(classes, out);
    if (tests.filter(run -> run.failed() > 0).isPresent()) {
      throw new FairwayException(ErrorCode.INVALID, tests.get().failed() + " of its tests failed");
    }
    if (!compiled.isEmpty()) {
      Path jar = work().resolve(catalog.name() + "-" + catalog.version() + ".jar");
      Zips.write(jar, compiled);
      entries.put(jar.getFileName().toString(), Files.readAllBytes(jar));
    }
    checkEntryPoints(metadata, compiled);
    for (Path library : libraries()) {
      entries.put(library.getFileName().toString(), Files.readAllBytes(library));
    }
    Zips.below(folder.resolve("pkg")).forEach((name, bytes) -> add(entries, name, bytes));
    List<String> subdeployments = new ArrayList<>();
    for (Path file : joined(dars(), how.subdeployments())) {
      add(entries, file.getFileName().toString(), Files.readAllBytes(file));
      subdeployments.add(file.getFileName().toString());
    }
    Path templates = folder.resolve(DitFile.TEMPLATES);
    if (Files.exists(templates)) {
      TemplateSource.read(Files.readString(templates));
      add(entries, DitFile.TEMPLATES, Files.readAllBytes(templates));
    }
    Optional<String> icon = Optional.ofNullable(catalog.more().get("icon_file"));
    if (icon.isPresent() && !entries.containsKey(icon.get())) {
      add(entries, icon.get(), Files.readAllBytes(folder.resolve(icon.get())));
    }
    metadata.subdeployments().stream().filter(name -> !entries.containsKey(name)).findFirst().ifPresent(name -> {
      throw new FairwayException(ErrorCode.INVALID,
          "the metadata name the subdeployment " + name + ", which is not there");
    });
    byte[] enriched = enriched(metadata, subdeployments, how).getBytes(StandardCharsets.UTF_8);
    PackageMetadata.FILE_NAMES.forEach(name -> add(entries, name, enriched));
    Zips.write(target, entries);
    return new Built(target, DitFile.hash(target), tests, warnings);
  }

  private static void add(Map<String, byte[]> entries, String name, byte[] bytes) {
    if (entries.putIfAbsent(name, bytes) != null) {
      throw new FairwayException(ErrorCode.INVALID, "two files of the package would be called " + name);
    }
  }

  private static void checkEntryPoints(PackageMetadata metadata, Map<String, byte[]> compiled) {
    List<String> missing = metadata.types().stream().filter(IntegrationType::runsHere)
        .filter(type -> !compiled.containsKey(type.entrypoint().replace('.', '/') + ".class"))
        .map(type -> type.id() + ": no class " + type.entrypoint()).toList();
    if (!missing.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID,
          "dit-meta.yaml names classes that are not in src:\n  " + String.join("\n  ", missing));
    }
  }

  private Optional<TestRun> test(Path classes, PrintWriter out) throws IOException {
    Path tests = emptied(work().resolve("test-classes"));
    if (Compiler.sources(folder.resolve("test")).isEmpty()) {
      return Optional.empty();
    }
    List<Path> own = joined(List.of(classes, tests), libraries());
    Compiler.compile(folder.resolve("test"), tests, joined(own, Compiler.all()));
    for (String name : List.of("dit-meta.yaml", DitFile.TEMPLATES)) {
      if (Files.exists(folder.resolve(name))) {
        Files.copy(folder.resolve(name), tests.resolve(name));
      }
    }
    return Optional.of(TestRun.of(tests, own, out));
  }

  private static Path emptied(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    return Files.createDirectories(folder);
  }

  private static Map<String, byte[]> resources(Path sources) throws IOException {
    Map<String, byte[]> files = Zips.below(sources);
    files.keySet().removeIf(name -> name.endsWith(".java"));
    return files;
  }

  private List<Path> libraries() throws IOException {
    return files(folder.resolve("lib"), ".jar");
  }

  private List<Path> dars() throws IOException {
    return files(folder, ".dar");
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().endsWith(ending)).sorted().toList();
    }
  }

  private static List<Path> joined(List<Path> first, List<Path> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  /** The metadata as they go into the package; keys this does not know stay as they are. */
  private String enriched(PackageMetadata metadata, List<String> subdeployments, Build how) throws IOException {
    ObjectNode root = (ObjectNode) YAML.readTree(metadataText());
    ((ObjectNode) root.path("catalog")).put("release_date", how.today().toString());
    Optional<DamlModel> model = model(how);
    model.ifPresent(m -> root.putObject("daml_model").put("name", m.name()).put("version", m.version())
        .put("main_package_id", m.mainPackageId()));
    ArrayNode all = root.putArray("subdeployments");
    Stream.concat(metadata.subdeployments().stream(), subdeployments.stream()).distinct().forEach(all::add);
    ArrayNode types = root.withArray("integration_types");
    root.path("integrations").forEach(types::add);
    root.remove("integrations");
    for (JsonNode type : types) {
      ObjectNode node = (ObjectNode) type;
      if (node.path("entrypoint").asString("").indexOf(':') < 0) {
        node.put("runtime", "java-gateway");
      }
      if (node.path("instance_template").isString()) {
        node.put("instance_template", qualified(node.path("instance_template").stringValue().strip(), model));
      }
    }
    return YAML.writeValueAsString(root);
  }

  private Optional<DamlModel> model(Build how) throws IOException {
    List<Path> dars = dars();
    if (dars.size() > 1) {
      throw new FairwayException(ErrorCode.INVALID, "several DARs lie in the project, " + dars.stream()
          .map(dar -> dar.getFileName().toString()).toList() + "; keep its own there and the others in pkg");
    }
    return dars.isEmpty() ? Optional.empty() : Optional.of(how.daml().apply(Files.readAllBytes(dars.getFirst())));
  }

  private static String qualified(String template, Optional<DamlModel> model) {
    if (template.equals("*")) {
      throw new FairwayException(ErrorCode.INVALID, "instance_template must be one template, not *");
    }
    if (template.chars().filter(c -> c == ':').count() == 2) {
      return template;
    }
    return model.map(m -> m.mainPackageId() + ":" + template).orElseThrow(() -> new FairwayException(
        ErrorCode.INVALID, "instance_template " + template + " needs a DAR in the project to be found in"));
  }

  /**
   * A file of settings to fill in: each field with its default, and what it is as a comment.
   *
   * @throws FairwayException with {@code NOT_FOUND} and the types there are, when there is no such type
   */
  public String arguments(String typeId) throws IOException {
    IntegrationType type = type(typeId);
    Map<String, String> values = new LinkedHashMap<>();
    StringBuilder text = new StringBuilder("# Settings of " + type.name() + ". What is empty must be filled in.\n");
    text.append(YAML.writeValueAsString(Map.of("type_id", type.id()))).append("metadata:\n");
    for (PackageMetadata.Field field : type.fields()) {
      values.clear();
      values.put(field.id(), field.defaultValue().orElse(""));
      text.append("  # ").append(field.name()).append(": ").append(field.description().strip().replaceAll("\\s+", " "))
          .append(" (").append(field.type().written()).append(field.required() ? "" : ", optional").append(")\n  ")
          .append(YAML.writeValueAsString(values));
    }
    return type.fields().isEmpty() ? text.toString().replace("metadata:\n", "metadata: {}\n") : text.toString();
  }

  /** @throws FairwayException with {@code NOT_FOUND} and the types there are, when there is no such type */
  public IntegrationType type(String typeId) throws IOException {
    PackageMetadata metadata = metadata();
    return metadata.type(typeId).orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "no integration type "
        + typeId + "; there are " + metadata.types().stream().map(IntegrationType::id).toList()));
  }

  /**
   * Reads a file of settings.
   *
   * @throws FairwayException with {@code INVALID} when it is none
   */
  public static Map<String, String> readArguments(String yaml) {
    JsonNode metadata = YAML.readTree(yaml).path("metadata");
    if (!metadata.isObject()) {
      throw new FairwayException(ErrorCode.INVALID, "a file of settings has a map called metadata");
    }
    Map<String, String> values = new LinkedHashMap<>();
    metadata.properties().stream().filter(e -> !e.getValue().isNull())
        .forEach(e -> values.put(e.getKey(), e.getValue().asString()));
    return values;
  }
}
