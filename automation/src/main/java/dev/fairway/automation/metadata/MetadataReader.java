package dev.fairway.automation.metadata;

import dev.fairway.automation.metadata.PackageMetadata.Catalog;
import dev.fairway.automation.metadata.PackageMetadata.DamlModel;
import dev.fairway.automation.metadata.PackageMetadata.Field;
import dev.fairway.automation.metadata.PackageMetadata.IntegrationType;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Turns the YAML of a package's metadata into {@link PackageMetadata}, and collects all that is wrong with it. */
final class MetadataReader {
  /* The expression that semver.org gives. */
  private static final Pattern SEMVER = Pattern
      .compile("(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(-((0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)"
          + "(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?");
  private static final List<String> CATALOG_TEXTS = List.of("author", "url", "email", "license", "demo_url",
      "source_url", "group_id", "icon_file", "dit_if_requirement", "release_date");

  private final List<String> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  PackageMetadata read(String yaml) {
    YamlTree tree = YamlTree.parse(yaml);
    if (!(tree instanceof YamlTree.Mapping root)) {
      throw new FairwayException(ErrorCode.INVALID, tree.place() + ": metadata must be a map");
    }
    Optional<Catalog> catalog = mapping(root, "catalog").map(this::catalog);
    List<String> subdeployments = texts(root, "subdeployments");
    Optional<DamlModel> model = mapping(root, "daml_model")
        .map(m -> new DamlModel(text(m, "name"), text(m, "version"), text(m, "main_package_id")));
    List<IntegrationType> types = new ArrayList<>();
    types(root, "integration_types", types);
    types(root, "integrations", types);
    if (root.entries().containsKey("integrations")) {
      warnings.add("integrations is an old name; use integration_types");
    }
    Set<String> ids = new HashSet<>();
    types.stream().filter(type -> !ids.add(type.id()))
        .forEach(type -> problems.add("integration_types: id " + type.id() + " is there twice"));
    if (!problems.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, Problems.in("the package metadata", problems));
    }
    return new PackageMetadata(catalog, subdeployments, model, types, warnings);
  }

  private Catalog catalog(YamlTree.Mapping node) {
    String name = text(node, "name");
    String version = text(node, "version");
    if (!version.isEmpty() && !SEMVER.matcher(version).matches()) {
      problems.add(place(node, "version") + ": catalog.version must be MAJOR.MINOR.PATCH, is \"" + version + "\"");
    }
    List<String> tags = new ArrayList<>(texts(node, "tags"));
    tags.stream().filter(tag -> tag.contains(" ")).forEach(tag -> warnings.add(place(node, "tags") + ": \"" + tag
        + "\" is one tag with a space; put a comma between tags"));
    boolean experimental = truth(node, "experimental", false) || tags.contains("experimental");
    if (experimental && !tags.contains("experimental")) {
      tags.add("experimental");
    }
    Map<String, String> more = new LinkedHashMap<>();
    CATALOG_TEXTS.forEach(key -> optional(node, key).ifPresent(value -> more.put(key, value)));
    return new Catalog(name, version, text(node, "description"), optional(node, "short_description").orElse(name),
        experimental, tags, more);
  }

  private void types(YamlTree.Mapping root, String key, List<IntegrationType> into) {
    for (YamlTree.Mapping node : mappings(root, key)) {
      YamlTree fields = node.entries().get("fields");
      if (!(fields instanceof YamlTree.Sequence)) {
        problems.add((fields == null ? node.place() : fields.place())
            + ": fields must be a list, even if empty (fields: [])");
      }
      List<Field> read = mappings(node, "fields").stream().map(this::field).toList();
      Set<String> names = new HashSet<>();
      for (Field field : read) {
        if (!names.add(field.id())) {
          problems.add(node.place() + ": field " + field.id() + " is there twice");
        }
        if (field.type() instanceof FieldType.ContractChoice(String template) && read.stream()
            .noneMatch(f -> f.id().equals(template) && f.type() instanceof FieldType.ContractTemplate)) {
          problems.add(node.place() + ": field " + field.id() + " names " + template
              + ", which is no contract_template field beside it");
        }
      }
      into.add(new IntegrationType(text(node, "id"), text(node, "name"), text(node, "description"),
          text(node, "entrypoint"), read, optional(node, "runtime"), optional(node, "instance_template"),
          optional(node, "help_url"), texts(node, "tags")));
    }
  }

  private Field field(YamlTree.Mapping node) {
    String written = text(node, "field_type");
    FieldType type = new FieldType.Text();
    try {
      type = FieldType.parse(written);
    } catch (IllegalArgumentException e) {
      problems.add(place(node, "field_type") + ": " + e.getMessage());
    }
    return new Field(text(node, "id"), text(node, "name"), text(node, "description"), type,
        optional(node, "default_value"), truth(node, "required", true), optional(node, "help_url"));
  }

  private String text(YamlTree.Mapping node, String key) {
    return optional(node, key).orElseGet(() -> {
      YamlTree value = node.entries().get(key);
      if (value == null || absent(value)) {
        problems.add(node.place() + ": " + key + " is needed");
      }
      return "";
    });
  }

  private Optional<String> optional(YamlTree.Mapping node, String key) {
    YamlTree value = node.entries().get(key);
    if (value == null || absent(value)) {
      return Optional.empty();
    }
    if (value instanceof YamlTree.Scalar scalar && scalar.type() == YamlTree.Type.TEXT) {
      return Optional.of(scalar.text().strip());
    }
    problems.add(value.place() + ": " + key + " must be a text" + (value instanceof YamlTree.Scalar scalar
        ? "; put quotes around " + scalar.text()
        : ""));
    return Optional.empty();
  }

  private boolean truth(YamlTree.Mapping node, String key, boolean otherwise) {
    YamlTree value = node.entries().get(key);
    if (value == null || absent(value)) {
      return otherwise;
    }
    if (value instanceof YamlTree.Scalar scalar && scalar.type() == YamlTree.Type.TRUTH) {
      return scalar.text().equalsIgnoreCase("true");
    }
    problems.add(value.place() + ": " + key + " must be true or false");
    return otherwise;
  }

  private List<String> texts(YamlTree.Mapping node, String key) {
    YamlTree value = node.entries().get(key);
    if (value == null || absent(value)) {
      return List.of();
    }
    if (value instanceof YamlTree.Sequence(_, var items)
        && items.stream().allMatch(i -> i instanceof YamlTree.Scalar s && s.type() == YamlTree.Type.TEXT)) {
      return items.stream().map(item -> ((YamlTree.Scalar) item).text().strip()).toList();
    }
    problems.add(value.place() + ": " + key + " must be a list of texts");
    return List.of();
  }

  private List<YamlTree.Mapping> mappings(YamlTree.Mapping node, String key) {
    YamlTree value = node.entries().get(key);
    if (value == null || absent(value)) {
      return List.of();
    }
    if (value instanceof YamlTree.Sequence(_, var items)
        && items.stream().allMatch(YamlTree.Mapping.class::isInstance)) {
      return items.stream().map(YamlTree.Mapping.class::cast).toList();
    }
    problems.add(value.place() + ": " + key + " must be a list of maps");
    return List.of();
  }

  private Optional<YamlTree.Mapping> mapping(YamlTree.Mapping node, String key) {
    YamlTree value = node.entries().get(key);
    if (value == null || absent(value)) {
      return Optional.empty();
    }
    if (value instanceof YamlTree.Mapping mapping) {
      return Optional.of(mapping);
    }
    problems.add(value.place() + ": " + key + " must be a map");
    return Optional.empty();
  }

  private static YamlTree.Place place(YamlTree.Mapping node, String key) {
    YamlTree value = node.entries().get(key);
    return value == null ? node.place() : value.place();
  }

  private static boolean absent(YamlTree value) {
    return value instanceof YamlTree.Scalar scalar && scalar.type() == YamlTree.Type.NONE;
  }
}
