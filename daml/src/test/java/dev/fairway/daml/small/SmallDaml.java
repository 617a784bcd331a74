package dev.fairway.daml.small;

import dev.fairway.daml.dar.DarWriter;
import dev.fairway.daml.small.Syntax.Body;
import dev.fairway.daml.small.Syntax.Choice;
import dev.fairway.daml.small.Syntax.Constructor;
import dev.fairway.daml.small.Syntax.Create;
import dev.fairway.daml.small.Syntax.Data;
import dev.fairway.daml.small.Syntax.Template;
import dev.fairway.daml.small.Syntax.TypeUse;
import dev.fairway.daml.source.Source;
import dev.fairway.daml.source.Source.Expr;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compiles Daml modules to a DAR. */
public final class SmallDaml {
  private static final Map<String, Integer> PLAIN = Map.of("Text", DarWriter.TEXT, "Int", DarWriter.INT64, "Bool",
      DarWriter.BOOL, "Date", DarWriter.DATE, "Time", DarWriter.TIMESTAMP, "Party", DarWriter.PARTY, TypeUse.UNIT,
      DarWriter.UNIT);
  private static final Map<String, Integer> OF_ONE = Map.of("Optional", DarWriter.OPTIONAL, "TextMap",
      DarWriter.TEXTMAP, "ContractId", DarWriter.CONTRACT_ID, TypeUse.LIST, DarWriter.LIST);

  private final DarWriter dar;
  private final Map<String, Syntax.Module> modules = new LinkedHashMap<>();
  private Syntax.Module module;

  private SmallDaml(DarWriter dar, List<Syntax.Module> modules) {
    this.dar = dar;
    modules.forEach(one -> this.modules.put(one.name(), one));
    this.module = modules.getFirst();
  }

  /**
   * @param sources of modules, those that others import first
   * @throws IllegalArgumentException with the place where the source is not of the part of Daml that this knows
   */
  public static DarWriter compile(String name, String version, Collection<String> sources) {
    List<Syntax.Module> modules = sources.stream().map(source -> new Parser(source).module()).toList();
    DarWriter dar = new DarWriter(name, version, modules.getFirst().name());
    var compiler = new SmallDaml(dar, modules);
    for (Syntax.Module module : modules) {
      compiler.module = module;
      if (!module.equals(modules.getFirst())) {
        dar.module(module.name());
      }
      compiler.compile();
    }
    return dar;
  }

  private void compile() {
    module.data().forEach(this::data);
    if (!module.templates().isEmpty()) {
      dar.record("Archive", Map.of());
    }
    module.templates().forEach(this::template);
  }

  private void data(Data data) {
    switch (data.body()) {
      case Body.Fields(Map<String, TypeUse> fields) -> {
        derive(data, fields.values());
        dar.record(data.name(), types(fields));
      }
      case Body.Constructors(List<Constructor> all) -> {
        if (all.stream().allMatch(one -> one.argument().isEmpty() && one.fields().isEmpty())) {
          dar.enumeration(data.name(), all.stream().map(Constructor::name).toArray(String[]::new));
        } else {
          variant(data, all);
        }
      }
    }
  }

  /* Fields of a constructor are a record of their own, named as the type and the constructor. */
  private void variant(Data data, List<Constructor> all) {
    Map<String, Source.Type> constructors = new LinkedHashMap<>();
    for (Constructor one : all) {
      one.argument().ifPresent(argument -> derive(data, List.of(argument)));
      derive(data, one.fields().values());
      String inner = data.name() + "." + one.name();
      if (!one.fields().isEmpty()) {
        dar.record(inner, types(one.fields()));
      }
      constructors.put(one.name(),
          one.fields().isEmpty() ? one.argument().map(this::type).orElse(dar.type(DarWriter.UNIT)) : dar.type(inner));
    }
    dar.variant(data.name(), constructors);
  }

  /** What is an instance of a class is so by its parts. */
  private void derive(Data data, Collection<TypeUse> parts) {
    for (TypeUse part : parts) {
      derive(data, part.name().equals("ContractId") ? List.of() : part.arguments());
      if (!PLAIN.containsKey(part.name()) && !OF_ONE.containsKey(part.name()) && !part.name().equals("Decimal")) {
        Set<String> has = declared(part.name()).deriving();
        if (!has.containsAll(data.deriving())) {
          throw new IllegalArgumentException(data.name() + " derives " + data.deriving() + ", " + part.name()
              + " only " + has);
        }
      }
    }
  }

  private Data declared(String name) {
    return modules.values().stream().flatMap(one -> one.data().stream()).filter(one -> one.name().equals(name))
        .findFirst().orElseThrow(() -> new IllegalArgumentException("no type " + name));
  }

  private void template(Template template) {
    dar.record(template.name(), types(template.fields()));
    Map<String, Expr> own = new LinkedHashMap<>();
    template.fields().keySet()
        .forEach(field -> own.put(field, dar.field(template.name(), field, dar.variable("this"))));
    Expr signatories = parties(own, template.signatories());
    List<Source.Choice.Builder> choices = new ArrayList<>();
    template.choices().forEach(choice -> choices.add(choice(choice, own)));
    choices.add(dar.archive(signatories));
    dar.add(dar.template(template.name(), signatories, parties(own, template.observers()),
        choices.toArray(Source.Choice.Builder[]::new)));
  }

  private Expr parties(Map<String, Expr> scope, List<String> names) {
    return dar.parties(names.stream().map(name -> value(scope, name)).toArray(Expr[]::new));
  }

  private static Expr value(Map<String, Expr> scope, String name) {
    Expr value = scope.get(name);
    if (value == null) {
      throw new IllegalArgumentException("nothing here is named " + name);
    }
    return value;
  }

  private Source.Choice.Builder choice(Choice choice, Map<String, Expr> own) {
    dar.record(choice.name(), types(choice.fields()));
    Map<String, Expr> scope = new LinkedHashMap<>(own);
    scope.put("self", dar.variable("self"));
    choice.fields().keySet()
        .forEach(field -> scope.put(field, dar.field(choice.name(), field, dar.variable("arg"))));
    Source.Update.Builder body = choice.create().map(create -> create(create, scope))
        .orElseGet(() -> dar.pure(dar.type(DarWriter.UNIT), dar.unit()));
    return dar.choice(choice.name(), true, parties(scope, List.of(choice.controller())), dar.type(choice.name()),
        type(choice.returns()), body);
  }

  private Source.Update.Builder create(Create create, Map<String, Expr> scope) {
    Template made = module.templates().stream().filter(one -> one.name().equals(create.template())).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no template " + create.template()));
    if (!made.fields().keySet().equals(create.fields().keySet())) {
      throw new IllegalArgumentException(made.name() + " has the fields " + made.fields().keySet() + ", is given "
          + create.fields().keySet());
    }
    Map<String, Expr> given = new LinkedHashMap<>();
    made.fields().keySet().forEach(field -> given.put(field, value(scope, create.fields().getOrDefault(field, field))));
    return dar.create(made.name(), dar.recordOf(made.name(), given));
  }

  private Map<String, Source.Type> types(Map<String, TypeUse> fields) {
    Map<String, Source.Type> types = new LinkedHashMap<>();
    fields.forEach((field, type) -> types.put(field, type(type)));
    return types;
  }

  private Source.Type type(TypeUse type) {
    Integer plain = PLAIN.get(type.name());
    Integer ofOne = OF_ONE.get(type.name());
    int arguments = type.arguments().size();
    if (plain != null && arguments == 0) {
      return dar.type(plain);
    }
    if (type.name().equals("Decimal") && arguments == 0) {
      return dar.numeric(10);
    }
    if (ofOne != null && arguments == 1) {
      return dar.type(ofOne, type(type.arguments().getFirst()));
    }
    if (plain != null || ofOne != null || arguments > 0) {
      throw new IllegalArgumentException(type.name() + " is given " + arguments + " types");
    }
    return dar.type(inScope(type.name()));
  }

  /** Where a name leads to: to this module, or to one that it imports, but not to both. */
  private String inScope(String name) {
    List<String> found = new ArrayList<>();
    for (Syntax.Module one : modules.values()) {
      boolean visible = one.equals(module) || module.imports().contains(one.name());
      if (visible && (one.data().stream().anyMatch(data -> data.name().equals(name))
          || one.templates().stream().anyMatch(template -> template.name().equals(name)))) {
        found.add(one.name() + ":" + name);
      }
    }
    if (found.size() != 1) {
      throw new IllegalArgumentException(module.name() + ": " + name + " is " + (found.isEmpty() ? "nothing" : found));
    }
    return found.getFirst();
  }
}
