package dev.fairway.automation.metadata;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a package says of itself, in {@code dit-meta.yaml} (or {@code dabl-meta.yaml}, or under {@code dit-meta} in
 * {@code daml.yaml}).
 *
 * @param warnings what its author should look at; nothing that hinders
 */
public record PackageMetadata(Optional<Catalog> catalog, List<String> subdeployments, Optional<DamlModel> damlModel,
    List<IntegrationType> types, List<String> warnings) {
  /** Names an entry may have in a package, the first preferred. */
  public static final List<String> FILE_NAMES = List.of("dit-meta.yaml", "dabl-meta.yaml");

  public PackageMetadata {
    subdeployments = List.copyOf(subdeployments);
    types = List.copyOf(types);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads it, strictly about types and required keys, and passing over unknown ones.
   *
   * @throws dev.fairway.core.FairwayException with {@code INVALID} and every problem with its line and column
   */
  public static PackageMetadata parse(String yaml) {
    return new MetadataReader().read(yaml);
  }

  public Optional<IntegrationType> type(String id) {
    return types.stream().filter(type -> type.id().equals(id)).findFirst();
  }

  /**
   * How the package stands in a catalog.
   *
   * @param version SemVer 2.0
   * @param experimental whether flag or tag says so
   * @param more the other texts: author, url, email, license, demo_url, source_url, group_id, icon_file, release_date,
   * dit_if_requirement
   */
  public record Catalog(String name, String version, String description, String shortDescription, boolean experimental,
      List<String> tags, Map<String, String> more) {
    public Catalog {
      tags = List.copyOf(tags);
      more = Map.copyOf(more);
    }

    /** The file name of the built package. */
    public String fileName() {
      return name + "-" + version + ".dit";
    }
  }

  /** The package's own templates. */
  public record DamlModel(String name, String version, String mainPackageId) {}

  /**
   * A kind of integration in the package.
   *
   * @param entrypoint a Java class, or {@code module:symbol} of another runtime
   * @param runtime which runtime it is for; empty when nothing is said
   */
  public record IntegrationType(String id, String name, String description, String entrypoint, List<Field> fields,
      Optional<String> runtime, Optional<String> instanceTemplate, Optional<String> helpUrl, List<String> tags) {
    public IntegrationType {
      fields = List.copyOf(fields);
      tags = List.copyOf(tags);
    }

    /** Whether its entry point is a Java class, which can run here. */
    public boolean runsHere() {
      return entrypoint.indexOf(':') < 0;
    }
  }

  /** A setting. */
  public record Field(String id, String name, String description, FieldType type, Optional<String> defaultValue,
      boolean required, Optional<String> helpUrl) {}
}
