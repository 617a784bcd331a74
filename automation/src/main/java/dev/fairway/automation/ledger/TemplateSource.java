package dev.fairway.automation.ledger;

import dev.fairway.automation.metadata.Problems;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.model.Exercise;
import dev.fairway.core.ledger.model.LedgerModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads templates from YAML (or JSON, which is YAML). What a choice creates is written with values of the contract as
 * {@code $field}, of the argument as {@code $argument.field}, the contract's own id as {@code $self}, and {@code $now};
 * anything else stands for itself.
 *
 * <pre>{@code
 * package: { name: quota, version: 1.0.0 }
 * types:
 *   Quota:Plan: { enum: [Small, Large] }
 * templates:
 *   Quota:LedgerRequest:
 *     fields: { user: Party, operator: Party, ledgerName: Text, plan: "Quota:Plan" }
 *     signatories: [user]
 *     observers: [operator]
 *     choices:
 *       Accept:
 *         controllers: [operator]
 *         arguments: { ledgerId: Text }
 *         creates:
 *           - template: Quota:Ledger
 *             with: { operator: $operator, owner: $user, ledgerId: $argument.ledgerId, since: $now }
 *       Cancel: { controllers: [user] }
 *       Touch: { controllers: [operator], consuming: false }
 *   Quota:Ledger:
 *     fields: { operator: Party, owner: Party, ledgerId: Text, since: Time }
 *     signatories: [operator, owner]
 *     key: { fields: [operator, ledgerId], maintainers: [operator] }
 * }</pre>
 */
public final class TemplateSource {
  private static final int SIZE_LIMIT = 4 << 20;
  private static final ObjectMapper YAML = YAMLMapper
      .builder(YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()).build();

  private final JsonNode root;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, SequencedMap<String, LedgerType>> templateFields = new LinkedHashMap<>();

  private TemplateSource(JsonNode root) {
    this.root = root;
  }

  /**
   * Reads a package.
   *
   * @throws FairwayException with {@code INVALID} and every problem found, or {@code TOO_LARGE}
   */
  public static LedgerModel read(String yaml) {
    if (yaml.length() > SIZE_LIMIT) {
      throw new FairwayException(ErrorCode.TOO_LARGE, "a package of templates may have " + SIZE_LIMIT + " characters");
    }
    JsonNode root;
    try {
      root = YAML.readTree(yaml);
    } catch (JacksonException e) {
      throw new FairwayException(ErrorCode.INVALID, "not YAML at line " + e.getLocation().getLineNr() + ", column "
          + e.getLocation().getColumnNr() + ": " + e.getOriginalMessage(), e);
    }
    return new TemplateSource(root).model();
  }

  private LedgerModel model() {
    String name = text(root.path("package"), "name", "package");
    String version = text(root.path("package"), "version", "package");
    if (root.path("templates").isEmpty()) {
      problems.add("templates: at least one is needed");
    }
    root.path("templates").properties()
        .forEach(t -> templateFields.put(t.getKey(), fields(t.getValue().path("fields"), t.getKey() + ".fields")));
    if (!name.isEmpty() && !name.matches("[A-Za-z0-9_-]{1,255}")) {
      problems.add("package.name: must be 1 to 255 of A-Z a-z 0-9 _ -, is \"" + name + "\"");
    }
    LedgerModel.Builder builder = LedgerModel.named(problems.isEmpty() ? name : "refused", version);
    root.path("types").properties().forEach(
        t -> guarded("types." + t.getKey(), () -> builder.type(t.getKey(), definition(t.getKey(), t.getValue()))));
    root.path("templates").properties().forEach(t -> guarded(t.getKey(), () -> {
      keyType(t.getKey(), t.getValue()).ifPresent(key -> builder.type(keyName(t.getKey()), key));
      builder.template(t.getKey(), b -> template(b, t.getKey(), t.getValue()));
    }));
    if (!problems.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, Problems.in("the templates", problems));
    }
    return builder.build();
  }

  private void guarded(String at, Runnable step) {
    try {
      step.run();
    } catch (FairwayException | IllegalArgumentException e) {
      problems.add(at + ": " + e.getMessage());
    }
  }

  private LedgerType.Definition definition(String at, JsonNode node) {
    if (node.has("enum")) {
      return new LedgerType.Definition.Enumeration(names(node.path("enum"), at + ".enum"));
    }
    if (node.has("variant")) {
      return new LedgerType.Definition.Variant(List.of(), fields(node.path("variant"), at + ".variant"));
    }
    if (node.has("record")) {
      return new LedgerType.Definition.Struct(List.of(), fields(node.path("record"), at + ".record"));
    }
    throw new IllegalArgumentException("a type is a record, a variant or an enum");
  }

  private LedgerModel.TemplateBuilder template(LedgerModel.TemplateBuilder b, String at, JsonNode node) {
    unknown(node, at, Set.of("fields", "signatories", "observers", "key", "choices"));
    SequencedMap<String, LedgerType> fields = templateFields.getOrDefault(at, new LinkedHashMap<>());
    fields.forEach(b::field);
    String[] signatories = parties(node.path("signatories"), fields, at + ".signatories");
    if (signatories.length == 0) {
      problems.add(at + ".signatories: at least one is needed");
    }
    b.signatories(signatories).observers(parties(node.path("observers"), fields, at + ".observers"));
    if (node.has("key")) {
      List<String> labels = names(node.path("key").path("fields"), at + ".key.fields");
      String[] maintainers = parties(node.path("key").path("maintainers"), fields, at + ".key.maintainers");
      b.key(new LedgerModel.Key(new LedgerType.Named(TemplateId.parse(keyName(at))), payload -> {
        var key = new LinkedHashMap<String, LedgerValue>();
        labels.forEach(label -> key.put(label, payload.get(label)));
        return new LedgerValue.Struct(key);
      }, key -> key instanceof LedgerValue.Struct struct ? partiesOf(struct, maintainers) : Set.of()));
    }
    node.path("choices").properties().forEach(
        c -> guarded(at + "." + c.getKey(),
            () -> b.choice(c.getKey(), cb -> choice(cb, at, c.getKey(), c.getValue()))));
    return b;
  }

  private static String keyName(String template) {
    return template + ".Key";
  }

  private Optional<LedgerType.Definition> keyType(String at, JsonNode node) {
    if (!node.has("key")) {
      return Optional.empty();
    }
    var types = new LinkedHashMap<String, LedgerType>();
    for (String label : names(node.path("key").path("fields"), at + ".key.fields")) {
      LedgerType type = templateFields.getOrDefault(at, new LinkedHashMap<>()).get(label);
      if (type == null) {
        problems.add(at + ".key.fields: no field " + label);
      } else {
        types.put(label, type);
      }
    }
    return Optional.of(new LedgerType.Definition.Struct(List.of(), types));
  }

  private LedgerModel.ChoiceBuilder choice(LedgerModel.ChoiceBuilder b, String template, String choice,
      JsonNode node) {
    String at = template + "." + choice;
    unknown(node, at, Set.of("controllers", "consuming", "arguments", "creates"));
    SequencedMap<String, LedgerType> fields = templateFields.getOrDefault(template, new LinkedHashMap<>());
    SequencedMap<String, LedgerType> arguments = fields(node.path("arguments"), at + ".arguments");
    arguments.forEach(b::argument);
    if (!node.path("consuming").asBoolean(true)) {
      b.nonConsuming();
    }
    String[] controllers = parties(node.path("controllers"), fields, at + ".controllers");
    if (controllers.length == 0) {
      problems.add(at + ".controllers: at least one is needed");
    }
    b.controllers(controllers);
    List<Creation> creations = new ArrayList<>();
    node.path("creates").forEach(create -> creations.add(creation(create, at, fields, arguments)));
    boolean one = creations.size() == 1;
    return b.returns(one ? new LedgerType.ContractOf(Optional.empty()) : LedgerType.Simple.UNIT).does(exercise -> {
      LedgerValue result = LedgerValue.UNIT;
      for (Creation creation : creations) {
        LedgerValue id = LedgerValue.contract(exercise.create(creation.template, creation.payload(exercise)));
        result = one ? id : result;
      }
      return result;
    });
  }

  /** A value of what a choice creates, from the contract and the argument. */
  private interface Source extends BiFunction<Exercise, LedgerValue.Struct, LedgerValue> {}

  private record Creation(String template, SequencedMap<String, Source> values) {
    LedgerValue.Struct payload(Exercise exercise) {
      var payload = new LinkedHashMap<String, LedgerValue>();
      values.forEach((label, source) -> payload.put(label, source.apply(exercise, exercise.argument())));
      return new LedgerValue.Struct(payload);
    }
  }

  private Creation creation(JsonNode node, String at, Map<String, LedgerType> fields,
      Map<String, LedgerType> arguments) {
    String template = text(node, "template", at + ".creates");
    SequencedMap<String, LedgerType> target = templateFields.get(template);
    var values = new LinkedHashMap<String, Source>();
    if (target == null) {
      problems.add(at + ".creates: no template \"" + template + "\" in this package");
      return new Creation(template, values);
    }
    target.forEach((label, type) -> {
      String place = at + ".creates." + label;
      JsonNode value = node.path("with").path(label);
      if (value.isMissingNode()) {
        // What is not said is copied, so that a changed contract names only its changes.
        if (fields.containsKey(label)) {
          values.put(label, (exercise, argument) -> exercise.payload().get(label));
        } else {
          problems.add(place + ": is needed, and the contract has no field of that name to copy");
        }
      } else {
        guarded(place, () -> values.put(label, source(value, type, fields, arguments)));
      }
    });
    node.path("with").propertyNames().forEach(label -> {
      if (!target.containsKey(label)) {
        problems.add(at + ".creates: " + template + " has no field " + label);
      }
    });
    return new Creation(template, values);
  }

  private Source source(JsonNode value, LedgerType type, Map<String, LedgerType> fields,
      Map<String, LedgerType> arguments) {
    if (value.isString() && value.asString().startsWith("$")) {
      String name = value.asString().substring(1);
      if (name.equals("now")) {
        return (exercise, argument) -> LedgerValue.timestamp(exercise.now());
      }
      if (name.equals("self")) {
        return (exercise, argument) -> LedgerValue.contract(exercise.self().id());
      }
      if (name.startsWith("argument.")) {
        String label = name.substring("argument.".length());
        require(arguments, label, "argument");
        return (exercise, argument) -> argument.get(label);
      }
      require(fields, name, "field");
      return (exercise, argument) -> exercise.payload().get(name);
    }
    LedgerValue constant = new LedgerJson(this::find).value(YAML.treeToValue(value, Object.class), type);
    return (exercise, argument) -> constant;
  }

  private Optional<LedgerType.Definition> find(TemplateId type) {
    JsonNode node = root.path("types").path(type.name());
    return node.isMissingNode() ? Optional.empty() : Optional.of(definition(type.name(), node));
  }

  private static void require(Map<String, LedgerType> known, String label, String what) {
    if (!known.containsKey(label)) {
      throw new IllegalArgumentException("no " + what + " " + label + "; there are " + known.keySet());
    }
  }

  private SequencedMap<String, LedgerType> fields(JsonNode node, String at) {
    var fields = new LinkedHashMap<String, LedgerType>();
    if (!node.isMissingNode() && !node.isObject()) {
      problems.add(at + ": must be a map of names and types");
    }
    node.properties().forEach(field -> guarded(at + "." + field.getKey(),
        () -> fields.put(field.getKey(), TypeText.parse(field.getValue().asString("")))));
    return fields;
  }

  private String[] parties(JsonNode node, Map<String, LedgerType> fields, String at) {
    List<String> labels = names(node, at);
    for (String label : labels) {
      LedgerType type = fields.get(label);
      boolean party = LedgerType.Simple.PARTY.equals(type)
          || new LedgerType.ListOf(LedgerType.Simple.PARTY).equals(type)
          || new LedgerType.OptionalOf(LedgerType.Simple.PARTY).equals(type);
      if (!party) {
        problems.add(at + ": " + label + " must be a field of type Party, [Party] or Optional Party");
      }
    }
    return labels.toArray(String[]::new);
  }

  private static Set<Party> partiesOf(LedgerValue.Struct key, String[] labels) {
    var parties = new LinkedHashSet<Party>();
    for (String label : labels) {
      parties.add(key.party(label));
    }
    return parties;
  }

  private List<String> names(JsonNode node, String at) {
    var names = new ArrayList<String>();
    if (!node.isMissingNode() && !node.isArray()) {
      problems.add(at + ": must be a list");
    }
    node.forEach(name -> names.add(name.asString("")));
    return names;
  }

  private String text(JsonNode node, String member, String at) {
    String text = node.path(member).asString("");
    if (text.isBlank()) {
      problems.add(at + "." + member + ": is needed");
    }
    return text;
  }

  private void unknown(JsonNode node, String at, Set<String> known) {
    node.propertyNames().forEach(name -> {
      if (!known.contains(name)) {
        problems.add(at + ": no such setting " + name + "; there are " + known.stream().sorted().toList());
      }
    });
  }
}
