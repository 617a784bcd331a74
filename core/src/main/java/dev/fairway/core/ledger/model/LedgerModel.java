package dev.fairway.core.ledger.model;

import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A package of templates written in Java. Its id is a hash of its name, version, templates, fields and choices; the code
 * of the choices cannot be part of it, so raise the version when that changes. Immutable.
 */
public final class LedgerModel {
  private final String id;
  private final String name;
  private final String version;
  private final SequencedMap<String, Template> templates;
  private final Map<String, LedgerType.Definition> types;

  private LedgerModel(Builder builder) {
    this.name = builder.name;
    this.version = builder.version;
    this.templates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(builder.templates));
    var all = new LinkedHashMap<>(builder.types);
    templates.forEach((template, definition) -> {
      all.put(template, new LedgerType.Definition.Struct(List.of(), definition.fields()));
      definition.choices().forEach((choice, c) -> all.putIfAbsent(argumentType(template, choice),
          new LedgerType.Definition.Struct(List.of(), c.arguments())));
    });
    this.types = Collections.unmodifiableMap(all);
    this.id = sha256(name + " " + version + " " + describe(all, templates));
  }

  /** Begins a package. */
  public static Builder named(String name, String version) {
    return new Builder(name, version);
  }

  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  public String version() {
    return version;
  }

  /** By {@code Module:Entity}. */
  public SequencedMap<String, Template> templates() {
    return templates;
  }

  /** The template's full name. */
  public TemplateId template(String moduleAndEntity) {
    if (!templates.containsKey(moduleAndEntity)) {
      throw new IllegalArgumentException("no template " + moduleAndEntity + " in " + name + ": " + templates.keySet());
    }
    return TemplateId.parse(moduleAndEntity).in(id);
  }

  Optional<LedgerType.Definition> definition(TemplateId type) {
    return Optional.ofNullable(types.get(type.name()));
  }

  /** As a ledger tells of it. */
  public LedgerPackage describe() {
    var described = new LinkedHashMap<String, LedgerPackage.Template>();
    templates.forEach((template, definition) -> {
      var choices = new LinkedHashMap<String, LedgerPackage.Choice>();
      definition.choices()
          .forEach((choice, c) -> choices.put(choice, new LedgerPackage.Choice(c.consuming(),
              new LedgerType.Named(TemplateId.parse(argumentType(template, choice)).in(id)), c.result())));
      choices.putIfAbsent(Command.ARCHIVE, new LedgerPackage.Choice(true,
          new LedgerType.Named(TemplateId.parse(argumentType(template, Command.ARCHIVE)).in(id)),
          LedgerType.Simple.UNIT));
      described.put(template, new LedgerPackage.Template(choices, definition.key().map(Key::type)));
    });
    var withArchive = new LinkedHashMap<>(types);
    templates.keySet().forEach(template -> withArchive.putIfAbsent(argumentType(template, Command.ARCHIVE),
        new LedgerType.Definition.Struct(List.of(), new LinkedHashMap<>())));
    return new LedgerPackage(id, name, version, described, withArchive);
  }

  /* Beside the template, so that two templates of one module may have a choice of the same name. */
  private static String argumentType(String template, String choice) {
    return template + "." + choice;
  }

  private static String describe(Map<String, LedgerType.Definition> types, Map<String, Template> templates) {
    var text = new StringBuilder();
    types.forEach((type, definition) -> text.append(type).append('=').append(definition).append('\n'));
    templates.forEach((template, definition) -> definition.choices().forEach((choice, c) -> text.append(template)
        .append('.').append(choice).append(c.consuming()).append(c.arguments()).append(c.result()).append('\n')));
    return text.toString();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * A template.
   *
   * @param fields of its payload, in order
   * @param ensure why a payload is not allowed; empty when it is
   */
  public record Template(SequencedMap<String, LedgerType> fields, Function<LedgerValue.Struct, Set<Party>> signatories,
      Function<LedgerValue.Struct, Set<Party>> observers, Optional<Key> key,
      Function<LedgerValue.Struct, Optional<String>> ensure, SequencedMap<String, Choice> choices) {}

  /**
   * What no two active contracts of a template share.
   *
   * @param maintainers who keeps it unique, by the key; each must be a signatory
   */
  public record Key(LedgerType type, Function<LedgerValue.Struct, LedgerValue> of,
      Function<LedgerValue, Set<Party>> maintainers) {}

  /**
   * A choice.
   *
   * @param controllers who may exercise it, by payload and argument
   */
  public record Choice(boolean consuming, SequencedMap<String, LedgerType> arguments, LedgerType result,
      BiFunction<LedgerValue.Struct, LedgerValue.Struct, Set<Party>> controllers, Body body) {}

  /** What a choice does. It may be run more than once for one submission, so it does nothing but this. */
  @FunctionalInterface
  public interface Body {
    /** @return the choice's result */
    LedgerValue run(Exercise exercise);
  }

  /** Puts a package together. */
  public static final class Builder {
    private final String name;
    private final String version;
    private final SequencedMap<String, Template> templates = new LinkedHashMap<>();
    private final SequencedMap<String, LedgerType.Definition> types = new LinkedHashMap<>();

    private Builder(String name, String version) {
      TemplateId.parse("#" + name + ":M:E");
      this.name = name;
      this.version = version;
    }

    /** @param moduleAndEntity {@code Module:Entity} */
    public Builder template(String moduleAndEntity, UnaryOperator<TemplateBuilder> define) {
      TemplateId id = TemplateId.parse(moduleAndEntity);
      Template template = define.apply(new TemplateBuilder(moduleAndEntity)).build();
      if (id.pkg().isPresent() || templates.putIfAbsent(id.name(), template) != null) {
        throw new IllegalArgumentException("template " + moduleAndEntity + " names a package or is there twice");
      }
      return this;
    }

    /** Defines a type that fields may name. */
    public Builder type(String moduleAndEntity, LedgerType.Definition definition) {
      types.put(TemplateId.parse(moduleAndEntity).name(), definition);
      return this;
    }

    public LedgerModel build() {
      return new LedgerModel(this);
    }
  }

  /** Puts a template together. */
  public static final class TemplateBuilder {
    private final String name;
    private final SequencedMap<String, LedgerType> fields = new LinkedHashMap<>();
    private final SequencedMap<String, Choice> choices = new LinkedHashMap<>();
    private @Nullable Function<LedgerValue.Struct, Set<Party>> signatories;
    private Function<LedgerValue.Struct, Set<Party>> observers = payload -> Set.of();
    private Function<LedgerValue.Struct, Optional<String>> ensure = payload -> Optional.empty();
    private @Nullable Key key;

    private TemplateBuilder(String name) {
      this.name = name;
    }

    public TemplateBuilder field(String label, LedgerType type) {
      fields.put(label, type);
      return this;
    }

    public TemplateBuilder party(String label) {
      return field(label, LedgerType.Simple.PARTY);
    }

    public TemplateBuilder text(String label) {
      return field(label, LedgerType.Simple.TEXT);
    }

    public TemplateBuilder int64(String label) {
      return field(label, LedgerType.Simple.INT64);
    }

    public TemplateBuilder signatories(Function<LedgerValue.Struct, Set<Party>> parties) {
      signatories = parties;
      return this;
    }

    /** @param labels fields that hold a party, or a list of parties */
    public TemplateBuilder signatories(String... labels) {
      return signatories(payload -> parties(payload, labels));
    }

    public TemplateBuilder observers(Function<LedgerValue.Struct, Set<Party>> parties) {
      observers = parties;
      return this;
    }

    /** @param labels fields that hold a party, or a list of parties */
    public TemplateBuilder observers(String... labels) {
      return observers(payload -> parties(payload, labels));
    }

    public TemplateBuilder key(Key value) {
      key = value;
      return this;
    }

    /** @param why says why a payload is not allowed; empty when it is */
    public TemplateBuilder ensure(Function<LedgerValue.Struct, Optional<String>> why) {
      ensure = why;
      return this;
    }

    public TemplateBuilder choice(String choice, UnaryOperator<ChoiceBuilder> define) {
      if (choices.putIfAbsent(choice, define.apply(new ChoiceBuilder(name, choice)).build()) != null) {
        throw new IllegalArgumentException("choice " + choice + " of " + name + " is there twice");
      }
      return this;
    }

    private Template build() {
      if (signatories == null) {
        throw new IllegalArgumentException("template " + name + " has no signatories");
      }
      return new Template(Collections.unmodifiableSequencedMap(fields), signatories, observers,
          Optional.ofNullable(key), ensure, Collections.unmodifiableSequencedMap(choices));
    }
  }

  /** Puts a choice together. */
  public static final class ChoiceBuilder {
    private final String name;
    private boolean consuming = true;
    private final SequencedMap<String, LedgerType> arguments = new LinkedHashMap<>();
    private LedgerType result = LedgerType.Simple.UNIT;
    private @Nullable BiFunction<LedgerValue.Struct, LedgerValue.Struct, Set<Party>> controllers;
    private Body body = exercise -> LedgerValue.UNIT;

    private ChoiceBuilder(String template, String choice) {
      this.name = template + "." + choice;
    }

    public ChoiceBuilder nonConsuming() {
      consuming = false;
      return this;
    }

    public ChoiceBuilder argument(String label, LedgerType type) {
      arguments.put(label, type);
      return this;
    }

    public ChoiceBuilder text(String label) {
      return argument(label, LedgerType.Simple.TEXT);
    }

    public ChoiceBuilder int64(String label) {
      return argument(label, LedgerType.Simple.INT64);
    }

    public ChoiceBuilder party(String label) {
      return argument(label, LedgerType.Simple.PARTY);
    }

    /** @param labels fields of the contract that hold a party, or a list of parties */
    public ChoiceBuilder controllers(String... labels) {
      return controllers((payload, argument) -> parties(payload, labels));
    }

    /** Who may exercise it, by payload and argument. */
    public ChoiceBuilder controllers(BiFunction<LedgerValue.Struct, LedgerValue.Struct, Set<Party>> parties) {
      controllers = parties;
      return this;
    }

    public ChoiceBuilder returns(LedgerType type) {
      result = type;
      return this;
    }

    public ChoiceBuilder does(Body what) {
      body = what;
      return this;
    }

    private Choice build() {
      if (controllers == null) {
        throw new IllegalArgumentException("choice " + name + " has no controllers");
      }
      return new Choice(consuming, Collections.unmodifiableSequencedMap(arguments), result, controllers, body);
    }
  }

  static Set<Party> parties(LedgerValue.Struct payload, String... labels) {
    var parties = new LinkedHashSet<Party>();
    for (String label : labels) {
      switch (payload.get(label)) {
        case LedgerValue.OfParty(Party party) -> parties.add(party);
        case LedgerValue.Opt(Optional<LedgerValue> value) when value
            .orElse(null) instanceof LedgerValue.OfParty(Party party) ->
          parties.add(party);
        case LedgerValue.Opt(Optional<LedgerValue> value) when value.isEmpty() -> {
        }
        case LedgerValue.Sequence(List<LedgerValue> items) -> items.forEach(item -> {
          if (item instanceof LedgerValue.OfParty(Party party)) {
            parties.add(party);
          }
        });
        case LedgerValue other ->
          throw new IllegalArgumentException("field " + label + " must hold parties, is " + other);
      }
    }
    return parties;
  }
}
