package dev.fairway.daml.dar;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerType;
import java.util.LinkedHashMap;
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

  /**
   * The same package in the words that all ledgers share. Interfaces are left out.
   *
   * @throws FairwayException with {@code INVALID} when a name in it is none a ledger would take
   */
  public LedgerPackage toLedgerPackage() {
    try {
      return convert();
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "package " + id + ": " + e.getMessage(), e);
    }
  }

  private LedgerPackage convert() {
    var templates = new LinkedHashMap<String, LedgerPackage.Template>();
    var types = new LinkedHashMap<String, LedgerType.Definition>();
    for (Module module : modules) {
      for (DataType type : module.dataTypes()) {
        definition(type).ifPresent(definition -> types.put(module.name() + ":" + type.name(), definition));
      }
      for (Template template : module.templates()) {
        var choices = new LinkedHashMap<String, LedgerPackage.Choice>();
        template.choices().forEach(choice -> choices.put(choice.name(), new LedgerPackage.Choice(choice.consuming(),
            choice.argument().toLedgerType(), choice.returns().toLedgerType())));
        templates.put(module.name() + ":" + template.name(),
            new LedgerPackage.Template(choices, template.key().map(DamlType::toLedgerType)));
      }
    }
    return new LedgerPackage(id, name.orElse(""), version.orElse(""), templates, types);
  }

  private static Optional<LedgerType.Definition> definition(DataType type) {
    return switch (type) {
      case DataType.Struct(_, var params, _, var fields) ->
        Optional.of(new LedgerType.Definition.Struct(params, byName(fields)));
      case DataType.Variant(_, var params, _, var constructors) ->
        Optional.of(new LedgerType.Definition.Variant(params, byName(constructors)));
      case DataType.Enumeration(_, _, var constructors) ->
        Optional.of(new LedgerType.Definition.Enumeration(constructors));
      case DataType.InterfaceType _ -> Optional.empty();
    };
  }

  private static LinkedHashMap<String, LedgerType> byName(List<DataType.Field> fields) {
    var types = new LinkedHashMap<String, LedgerType>();
    fields.forEach(field -> types.put(field.name(), field.type().toLedgerType()));
    return types;
  }
}
