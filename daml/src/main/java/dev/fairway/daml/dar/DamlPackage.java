package dev.fairway.daml.dar;

import java.util.List;
import java.util.Optional;

/**
 * A compiled package.
 *
 * @param id lower-case hexadecimal SHA-256 of its bytes, checked
 * @param languageVersion e.g. {@code 1.14} or {@code 2.1}
 * @param name what its author calls it; a package older than 1.8 does not know
 * @param version its author's version of it
 */
public record DamlPackage(String id, String languageVersion, Optional<String> name, Optional<String> version,
    List<Module> modules) {
  public DamlPackage {
    modules = List.copyOf(modules);
  }

  /** @param name dotted */
  public record Module(String name, List<DataType> dataTypes, List<Template> templates,
      List<Template.Interface> interfaces) {
    public Module {
      dataTypes = List.copyOf(dataTypes);
      templates = List.copyOf(templates);
      interfaces = List.copyOf(interfaces);
    }
  }

  public Optional<Module> module(String module) {
    return modules.stream().filter(m -> m.name().equals(module)).findFirst();
  }

  public Optional<DataType> dataType(String module, String entity) {
    return module(module).flatMap(m -> m.dataTypes().stream().filter(d -> d.name().equals(entity)).findFirst());
  }

  public Optional<Template> template(String module, String entity) {
    return module(module).flatMap(m -> m.templates().stream().filter(t -> t.name().equals(entity)).findFirst());
  }
}
