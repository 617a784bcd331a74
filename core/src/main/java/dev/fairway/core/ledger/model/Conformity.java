package dev.fairway.core.ledger.model;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Whether a value is of a type. Optional fields that are left out are filled in as none. */
public final class Conformity {
  private final Function<TemplateId, Optional<LedgerType.Definition>> definitions;

  /** @param definitions finds the definition of a named type */
  public Conformity(Function<TemplateId, Optional<LedgerType.Definition>> definitions) {
    this.definitions = definitions;
  }

  /**
   * The value with what was left out filled in.
   *
   * @param at what the value is, for the message
   * @throws FairwayException with {@code INVALID} and the place when it is not of the type
   */
  public LedgerValue check(LedgerValue value, LedgerType type, String at) {
    return check(value, type, Map.of(), at);
  }

  LedgerValue.Struct struct(LedgerValue.Struct given, Map<String, LedgerType> fields, Map<String, LedgerType> bound,
      String at) {
    for (String label : given.fields().keySet()) {
      if (!fields.containsKey(label)) {
        throw invalid(at + " has no field " + label + ", but " + fields.keySet());
      }
    }
    var values = new LinkedHashMap<String, LedgerValue>();
    fields.forEach((label, type) -> {
      LedgerValue value = given.fields().get(label);
      if (value == null && !(resolve(type, bound) instanceof LedgerType.OptionalOf)) {
        throw invalid(at + " lacks the field " + label);
      }
      values.put(label, value == null ? LedgerValue.none() : check(value, type, bound, at + "." + label));
    });
    return new LedgerValue.Struct(values);
  }

  LedgerValue value(LedgerValue given, LedgerType type, String at) {
    return check(given, type, Map.of(), at);
  }

  private LedgerValue check(LedgerValue value, LedgerType declared, Map<String, LedgerType> bound, String at) {
    LedgerType type = resolve(declared, bound);
    return switch (value) {
      case LedgerValue.Struct struct when type instanceof LedgerType.Named named
          && definition(named, at) instanceof LedgerType.Definition.Struct def ->
        struct(struct, def.fields(), bind(def, named, bound), at);
      case LedgerValue.Variant(String constructor, LedgerValue inner) when type instanceof LedgerType.Named named
          && definition(named, at) instanceof LedgerType.Definition.Variant def
          && def.constructors().containsKey(constructor) ->
        new LedgerValue.Variant(constructor,
            check(inner, Objects.requireNonNull(def.constructors().get(constructor)), bind(def, named, bound),
                at + "." + constructor));
      case LedgerValue.Enumeration(String constructor) when type instanceof LedgerType.Named named
          && definition(named, at) instanceof LedgerType.Definition.Enumeration def
          && def.constructors().contains(constructor) ->
        value;
      case LedgerValue.Sequence(var items) when type instanceof LedgerType.ListOf(LedgerType item) ->
        new LedgerValue.Sequence(items.stream().map(each -> check(each, item, bound, at + "[]")).toList());
      case LedgerValue.Opt(var inner) when type instanceof LedgerType.OptionalOf(LedgerType some) ->
        new LedgerValue.Opt(inner.map(each -> check(each, some, bound, at)));
      case LedgerValue.TextMap(var entries) when type instanceof LedgerType.TextMapOf(LedgerType each) -> {
        var checked = new java.util.TreeMap<String, LedgerValue>();
        entries.forEach((k, v) -> checked.put(k, check(v, each, bound, at + "." + k)));
        yield new LedgerValue.TextMap(checked);
      }
      case LedgerValue.GenMap(var entries) when type instanceof LedgerType.GenMapOf(LedgerType key, LedgerType each) -> {
        var checked = new LinkedHashMap<LedgerValue, LedgerValue>();
        entries.forEach((k, v) -> checked.put(check(k, key, bound, at + " key"), check(v, each, bound, at + " value")));
        yield new LedgerValue.GenMap(checked);
      }
      case LedgerValue.Numeric(var number) when type instanceof LedgerType.Numeric(int scale)
          && number.scale() <= scale && number.precision() - number.scale() <= 38 - scale ->
        value;
      case LedgerValue.OfContract _ when type instanceof LedgerType.ContractOf -> value;
      case LedgerValue.OfParty _ when type == LedgerType.Simple.PARTY -> value;
      case LedgerValue.Text _ when type == LedgerType.Simple.TEXT -> value;
      case LedgerValue.Int64 _ when type == LedgerType.Simple.INT64 -> value;
      case LedgerValue.Bool _ when type == LedgerType.Simple.BOOL -> value;
      case LedgerValue.Date _ when type == LedgerType.Simple.DATE -> value;
      case LedgerValue.Timestamp _ when type == LedgerType.Simple.TIMESTAMP -> value;
      case LedgerValue.Unit _ when type == LedgerType.Simple.UNIT -> value;
      case LedgerValue other -> throw invalid(at + " must be of type " + type + ", is " + other);
    };
  }

  private static LedgerType resolve(LedgerType type, Map<String, LedgerType> bound) {
    return type instanceof LedgerType.Parameter(String name) ? bound.getOrDefault(name, type) : type;
  }

  private static Map<String, LedgerType> bind(LedgerType.Definition definition, LedgerType.Named named,
      Map<String, LedgerType> outer) {
    var bound = new LinkedHashMap<String, LedgerType>();
    for (int i = 0; i < Math.min(definition.parameters().size(), named.arguments().size()); i++) {
      bound.put(definition.parameters().get(i), resolve(named.arguments().get(i), outer));
    }
    return bound;
  }

  private LedgerType.Definition definition(LedgerType.Named named, String at) {
    return definitions.apply(named.name()).orElseThrow(() -> invalid(at + " has the unknown type " + named.name()));
  }

  private static FairwayException invalid(String message) {
    return new FairwayException(ErrorCode.INVALID, message);
  }
}
