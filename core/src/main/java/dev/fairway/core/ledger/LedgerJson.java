package dev.fairway.core.ledger;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ledger values as JSON, in the encoding of Daml's JSON Ledger API ("Daml-LF JSON encoding"): numbers as strings, an
 * optional as its value or null, a variant as {@code {"tag", "value"}}. JSON itself is a tree of {@link Map},
 * {@link List}, {@link String}, {@link Number}, {@link Boolean} and null, as every JSON library makes and takes it.
 *
 * <p>The encoding does not say of which type a value is, so reading needs the {@link LedgerType}.
 */
public final class LedgerJson {
  private static final int DEPTH_LIMIT = 200;
  private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
      .appendPattern("uuuu-MM-dd'T'HH:mm:ss").appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true).appendLiteral('Z')
      .toFormatter(java.util.Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Function<TemplateId, Optional<LedgerType.Definition>> definitions;

  /** @param definitions finds the definition of a named type */
  public LedgerJson(Function<TemplateId, Optional<LedgerType.Definition>> definitions) {
    this.definitions = definitions;
  }

  /** Over the types of some packages; a name without a package is looked for in all of them. */
  public static LedgerJson of(Collection<LedgerPackage> packages) {
    List<LedgerPackage> all = List.copyOf(packages);
    return new LedgerJson(name -> all.stream()
        .filter(p -> name.pkg().map(wanted -> wanted.equals(p.id()) || wanted.equals("#" + p.name())).orElse(true))
        .flatMap(p -> Optional.ofNullable(p.types().get(name.name())).stream()).findFirst());
  }

  /** The value as JSON. */
  public static @Nullable Object tree(LedgerValue value) {
    return switch (value) {
      case LedgerValue.Struct(var fields) -> trees(fields);
      case LedgerValue.Variant(String constructor, LedgerValue inner) -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("tag", constructor);
        map.put("value", tree(inner));
        yield map;
      }
      case LedgerValue.Enumeration(String constructor) -> constructor;
      case LedgerValue.Sequence(var items) -> {
        var list = new ArrayList<@Nullable Object>(items.size());
        items.forEach(item -> list.add(tree(item)));
        yield list;
      }
      case LedgerValue.Opt(Optional<LedgerValue> inner) -> inner.map(LedgerJson::some).orElse(null);
      case LedgerValue.TextMap(var entries) -> trees(entries);
      case LedgerValue.GenMap(var entries) -> {
        var list = new ArrayList<@Nullable Object>(entries.size());
        entries.forEach((k, v) -> {
          var pair = new ArrayList<@Nullable Object>(2);
          pair.add(tree(k));
          pair.add(tree(v));
          list.add(pair);
        });
        yield list;
      }
      case LedgerValue.OfParty(Party party) -> party.name();
      case LedgerValue.OfContract(ContractId id) -> id.value();
      case LedgerValue.Text(String text) -> text;
      case LedgerValue.Int64(long number) -> Long.toString(number);
      case LedgerValue.Numeric(BigDecimal number) -> number.toPlainString();
      case LedgerValue.Bool(boolean truth) -> truth;
      case LedgerValue.Date(LocalDate day) -> day.toString();
      case LedgerValue.Timestamp(Instant moment) -> TIMESTAMP.format(moment);
      case LedgerValue.Unit() -> new LinkedHashMap<String, @Nullable Object>();
    };
  }

  /* Some(None) of a nested optional must differ from None, so a nested one is wrapped in a list. */
  private static @Nullable Object some(LedgerValue inner) {
    if (inner instanceof LedgerValue.Opt(Optional<LedgerValue> nested)) {
      var list = new ArrayList<@Nullable Object>(1);
      nested.ifPresent(value -> list.add(some(value)));
      return list;
    }
    return tree(inner);
  }

  private static Map<String, @Nullable Object> trees(Map<String, LedgerValue> values) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    values.forEach((label, value) -> map.put(label, tree(value)));
    return map;
  }

  /**
   * Reads a value of a type. Numbers may be JSON numbers or strings; optional fields of a record may be left out.
   *
   * @throws FairwayException with {@code INVALID} and the place when the JSON is not such a value
   */
  public LedgerValue value(@Nullable Object json, LedgerType type) {
    return read(json, type, Map.of(), "value", 0);
  }

  private LedgerValue read(@Nullable Object json, LedgerType type, Map<String, LedgerType> bound, String at,
      int depth) {
    if (depth > DEPTH_LIMIT) {
      throw new FairwayException(ErrorCode.TOO_LARGE, at + " is nested deeper than " + DEPTH_LIMIT);
    }
    return switch (type) {
      case LedgerType.Simple simple -> simple(json, simple, at);
      case LedgerType.Numeric(int scale) -> numeric(json, scale, at);
      case LedgerType.ListOf(LedgerType item) -> {
        List<?> list = list(json, at);
        var items = new ArrayList<LedgerValue>(list.size());
        for (int i = 0; i < list.size(); i++) {
          items.add(read(list.get(i), item, bound, at + "[" + i + "]", depth + 1));
        }
        yield new LedgerValue.Sequence(items);
      }
      case LedgerType.OptionalOf(LedgerType inner) -> json == null
          ? LedgerValue.none()
          : LedgerValue.some(optional(json, inner, bound, at, depth + 1));
      case LedgerType.TextMapOf(LedgerType inner) -> {
        var entries = new TreeMap<String, LedgerValue>();
        object(json, at).forEach((k, v) -> entries.put(k, read(v, inner, bound, at + "." + k, depth + 1)));
        yield new LedgerValue.TextMap(entries);
      }
      case LedgerType.GenMapOf(LedgerType key, LedgerType inner) -> {
        var entries = new LinkedHashMap<LedgerValue, LedgerValue>();
        for (Object each : list(json, at)) {
          List<?> pair = list(each, at);
          if (pair.size() != 2) {
            throw wrong(at, "pairs of key and value", each);
          }
          entries.put(read(pair.get(0), key, bound, at + " key", depth + 1),
              read(pair.get(1), inner, bound, at + " value", depth + 1));
        }
        yield new LedgerValue.GenMap(entries);
      }
      case LedgerType.ContractOf _ -> LedgerValue.contract(checked(at, json, ContractId::new));
      case LedgerType.Named named -> named(json, named, bound, at, depth);
      case LedgerType.Parameter(String name) -> {
        LedgerType actual = bound.get(name);
        if (actual == null) {
          throw new FairwayException(ErrorCode.INVALID, at + " has the unbound type parameter " + name);
        }
        yield read(json, actual, Map.of(), at, depth + 1);
      }
      case LedgerType.Opaque(String text) ->
        throw new FairwayException(ErrorCode.INVALID, at + " is of type " + text + ", which cannot be written as JSON");
    };
  }

  private LedgerValue optional(Object json, LedgerType inner, Map<String, LedgerType> bound, String at, int depth) {
    LedgerType resolved = inner instanceof LedgerType.Parameter(String name) ? bound.getOrDefault(name, inner) : inner;
    if (resolved instanceof LedgerType.OptionalOf(LedgerType nested)) {
      List<?> list = list(json, at);
      if (list.isEmpty()) {
        return LedgerValue.none();
      }
      Object only = list.getFirst();
      if (list.size() > 1 || only == null) {
        throw wrong(at, "a list of at most one value", json);
      }
      return LedgerValue.some(optional(only, nested, bound, at, depth + 1));
    }
    return read(json, resolved, bound, at, depth);
  }

  private LedgerValue named(@Nullable Object json, LedgerType.Named named, Map<String, LedgerType> outer, String at,
      int depth) {
    LedgerType.Definition definition = definitions.apply(named.name())
        .orElseThrow(() -> new FairwayException(ErrorCode.INVALID, at + " has the unknown type " + named.name()));
    var bound = new LinkedHashMap<String, LedgerType>();
    for (int i = 0; i < Math.min(definition.parameters().size(), named.arguments().size()); i++) {
      bound.put(definition.parameters().get(i), substitute(named.arguments().get(i), outer));
    }
    return switch (definition) {
      case LedgerType.Definition.Struct(_, var fields) -> {
        Map<String, ?> object = object(json, at);
        for (String label : object.keySet()) {
          if (!fields.containsKey(label)) {
            throw new FairwayException(ErrorCode.INVALID,
                at + " has no field " + label + "; " + named.name() + " has " + fields.keySet());
          }
        }
        var values = new LinkedHashMap<String, LedgerValue>();
        fields.forEach((label, type) -> {
          if (!object.containsKey(label) && !(substitute(type, bound) instanceof LedgerType.OptionalOf)) {
            throw new FairwayException(ErrorCode.INVALID, at + " lacks the field " + label);
          }
          values.put(label, read(object.get(label), type, bound, at + "." + label, depth + 1));
        });
        yield new LedgerValue.Struct(values);
      }
      case LedgerType.Definition.Variant(_, var constructors) -> {
        Map<String, ?> object = object(json, at);
        if (!(object.get("tag") instanceof String tag) || !constructors.containsKey(tag)) {
          throw wrong(at, "an object whose tag is one of " + constructors.keySet(), json);
        }
        LedgerType type = java.util.Objects.requireNonNull(constructors.get(tag));
        yield new LedgerValue.Variant(tag, read(object.get("value"), type, bound, at + "." + tag, depth + 1));
      }
      case LedgerType.Definition.Enumeration(var constructors) -> {
        if (!(json instanceof String constructor) || !constructors.contains(constructor)) {
          throw wrong(at, "one of " + constructors, json);
        }
        yield new LedgerValue.Enumeration(constructor);
      }
    };
  }

  private static LedgerType substitute(LedgerType type, Map<String, LedgerType> bound) {
    return switch (type) {
      case LedgerType.Parameter(String name) -> bound.getOrDefault(name, type);
      case LedgerType.ListOf(var item) -> new LedgerType.ListOf(substitute(item, bound));
      case LedgerType.OptionalOf(var value) -> new LedgerType.OptionalOf(substitute(value, bound));
      case LedgerType.TextMapOf(var value) -> new LedgerType.TextMapOf(substitute(value, bound));
      case LedgerType.GenMapOf(var key, var value) ->
        new LedgerType.GenMapOf(substitute(key, bound), substitute(value, bound));
      case LedgerType.Named(var name, var arguments) ->
        new LedgerType.Named(name, arguments.stream().map(argument -> substitute(argument, bound)).toList());
      case LedgerType.Simple _,LedgerType.Numeric _,LedgerType.ContractOf _,LedgerType.Opaque _ -> type;
    };
  }

  private static LedgerValue simple(@Nullable Object json, LedgerType.Simple type, String at) {
    return switch (type) {
      case UNIT -> {
        if (!object(json, at).isEmpty()) {
          throw wrong(at, "{}", json);
        }
        yield LedgerValue.UNIT;
      }
      case BOOL -> {
        if (!(json instanceof Boolean truth)) {
          throw wrong(at, "true or false", json);
        }
        yield LedgerValue.bool(truth);
      }
      case INT64 -> {
        try {
          yield LedgerValue.int64(decimal(json, at).longValueExact());
        } catch (ArithmeticException e) {
          throw wrong(at, "a whole number of 64 bits", json);
        }
      }
      case TEXT -> {
        if (!(json instanceof String text)) {
          throw wrong(at, "a text", json);
        }
        yield LedgerValue.text(text);
      }
      case PARTY -> LedgerValue.party(checked(at, json, Party::new));
      case DATE -> LedgerValue.date(checked(at, json, LocalDate::parse));
      case TIMESTAMP -> LedgerValue.timestamp(checked(at, json, text -> OffsetDateTime.parse(text).toInstant()));
    };
  }

  private static LedgerValue numeric(@Nullable Object json, int scale, String at) {
    try {
      return LedgerValue.numeric(decimal(json, at).setScale(scale, RoundingMode.UNNECESSARY));
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw wrong(at, "a number of at most 38 digits, " + scale + " of them after the point", json);
    }
  }

  private static BigDecimal decimal(@Nullable Object json, String at) {
    if (json instanceof String || json instanceof Number) {
      String text = json.toString();
      try {
        // Longer ones cannot be ledger numbers, and an exponent could make a small text a huge number.
        if (text.length() <= 100) {
          BigDecimal number = new BigDecimal(text);
          if (Math.abs((long) number.scale()) <= 100) {
            return number;
          }
        }
      } catch (NumberFormatException e) {
        // told below
      }
    }
    throw wrong(at, "a number", json);
  }

  private static <T> T checked(String at, @Nullable Object json, Function<String, T> parse) {
    if (!(json instanceof String text)) {
      throw wrong(at, "a text", json);
    }
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new FairwayException(ErrorCode.INVALID, at + ": " + e.getMessage(), e);
    }
  }

  private static List<?> list(@Nullable Object json, String at) {
    if (json instanceof List<?> list) {
      return list;
    }
    throw wrong(at, "a list", json);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, ?> object(@Nullable Object json, String at) {
    if (json instanceof Map<?, ?> map && map.keySet().stream().allMatch(String.class::isInstance)) {
      return (Map<String, ?>) map;
    }
    throw wrong(at, "an object", json);
  }

  private static FairwayException wrong(String at, String expected, @Nullable Object actual) {
    String shown = String.valueOf(actual);
    return new FairwayException(ErrorCode.INVALID,
        at + " must be " + expected + ", is " + (shown.length() > 60 ? shown.substring(0, 60) + "…" : shown));
  }
}
