package dev.fairway.automation.ledger;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values, contracts and commands as JSON that says of itself what it is, so that it can be read without knowing the types:
 * a payload outlives the package that described it. For storage only; the outside is spoken to in
 * {@link dev.fairway.core.ledger.LedgerJson}.
 *
 * <p>A text is a string, a truth value is itself and unit is null; all else is an object with one member that names the
 * type: {@code {"i": "5"}} an integer, {@code {"s": {…}}} a record, and so on.
 */
public final class StoredValue {
  private static final int DEPTH = 1_000;
  private static final JsonMapper JSON = JsonMapper
      .builder(JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(DEPTH).maxStringLength(256 << 20).build())
          .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(DEPTH).build()).build())
      .build();

  private StoredValue() {}

  public static String write(LedgerValue value) {
    return JSON.writeValueAsString(node(value));
  }

  /** @throws FairwayException with {@code INVALID} when the text is no stored value */
  public static LedgerValue read(String text) {
    return value(parse(text));
  }

  public static LedgerValue.Struct readStruct(String text) {
    return struct(value(parse(text)));
  }

  /** Reads JSON text within the limits of storage. */
  public static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw new FairwayException(ErrorCode.INVALID, "not a stored value: " + e.getOriginalMessage(), e);
    }
  }

  public static String text(JsonNode node) {
    return JSON.writeValueAsString(node);
  }

  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  public static ArrayNode array() {
    return JSON.createArrayNode();
  }

  public static JsonNode node(Contract contract) {
    ObjectNode node = object().put("id", contract.id().value()).put("template", contract.template().toString());
    contract.packageName().ifPresent(name -> node.put("packageName", name));
    node.set("payload", node(contract.payload()));
    contract.key().ifPresent(key -> node.set("key", node(key)));
    node.set("signatories", parties(contract.signatories()));
    node.set("observers", parties(contract.observers()));
    contract.createdAt().ifPresent(at -> node.put("createdAt", at.toString()));
    return node;
  }

  public static Contract contract(JsonNode node) {
    return new Contract(new ContractId(node.path("id").asString()), TemplateId.parse(node.path("template").asString()),
        optional(node, "packageName").map(JsonNode::asString), struct(value(node.path("payload"))),
        optional(node, "key").map(StoredValue::value), parties(node.path("signatories")),
        parties(node.path("observers")), optional(node, "createdAt").map(at -> Instant.parse(at.asString())));
  }

  public static JsonNode node(Command command) {
    ObjectNode node = object().put("template", command.template().toString());
    return switch (command) {
      case Command.Create(_, var payload) -> node.put("do", "create").set("payload", node(payload));
      case Command.Exercise(_, var id, var choice, var argument) ->
        node.put("do", "exercise").put("contract", id.value()).put("choice", choice).set("argument", node(argument));
      case Command.ExerciseByKey(_, var key, var choice, var argument) -> {
        node.put("do", "exerciseByKey").put("choice", choice).set("key", node(key));
        yield node.set("argument", node(argument));
      }
      case Command.CreateAndExercise(_, var payload, var choice, var argument) -> {
        node.put("do", "createAndExercise").put("choice", choice).set("payload", node(payload));
        yield node.set("argument", node(argument));
      }
    };
  }

  public static Command command(JsonNode node) {
    TemplateId template = TemplateId.parse(node.path("template").asString());
    String choice = node.path("choice").asString("");
    return switch (node.path("do").asString()) {
      case "create" -> new Command.Create(template, struct(value(node.path("payload"))));
      case "exercise" -> new Command.Exercise(template, new ContractId(node.path("contract").asString()), choice,
          value(node.path("argument")));
      case "exerciseByKey" ->
        new Command.ExerciseByKey(template, value(node.path("key")), choice, value(node.path("argument")));
      case "createAndExercise" -> new Command.CreateAndExercise(template, struct(value(node.path("payload"))), choice,
          value(node.path("argument")));
      case String other -> throw new FairwayException(ErrorCode.INVALID, "no command " + other);
    };
  }

  public static ArrayNode parties(Collection<Party> parties) {
    ArrayNode names = array();
    new TreeSet<>(parties).forEach(party -> names.add(party.name()));
    return names;
  }

  public static Set<Party> parties(JsonNode names) {
    var parties = new TreeSet<Party>();
    names.forEach(name -> parties.add(new Party(name.asString())));
    return parties;
  }

  private static Optional<JsonNode> optional(JsonNode node, String member) {
    return Optional.ofNullable(node.get(member));
  }

  private static LedgerValue.Struct struct(LedgerValue value) {
    if (value instanceof LedgerValue.Struct struct) {
      return struct;
    }
    throw new FairwayException(ErrorCode.INVALID, "a stored payload must be a record, is " + value);
  }

  public static JsonNode node(LedgerValue value) {
    return switch (value) {
      case LedgerValue.Text(String text) -> JSON.getNodeFactory().stringNode(text);
      case LedgerValue.Bool(boolean truth) -> JSON.getNodeFactory().booleanNode(truth);
      case LedgerValue.Unit() -> JSON.getNodeFactory().nullNode();
      case LedgerValue.Int64(long number) -> object().put("i", Long.toString(number));
      case LedgerValue.Numeric(BigDecimal number) -> object().put("n", number.toPlainString());
      case LedgerValue.OfParty(Party party) -> object().put("p", party.name());
      case LedgerValue.OfContract(ContractId id) -> object().put("c", id.value());
      case LedgerValue.Date(LocalDate day) -> object().put("d", day.toString());
      case LedgerValue.Timestamp(Instant moment) -> object().put("t", moment.toString());
      case LedgerValue.Enumeration(String constructor) -> object().put("e", constructor);
      case LedgerValue.Struct(var fields) -> {
        ObjectNode members = object();
        fields.forEach((label, field) -> members.set(label, node(field)));
        yield object().set("s", members);
      }
      case LedgerValue.Variant(String constructor, LedgerValue inner) ->
        object().set("v", array().add(constructor).add(node(inner)));
      case LedgerValue.Sequence(var items) -> {
        ArrayNode list = array();
        items.forEach(item -> list.add(node(item)));
        yield object().set("l", list);
      }
      case LedgerValue.Opt(var inner) -> {
        ArrayNode list = array();
        inner.ifPresent(some -> list.add(node(some)));
        yield object().set("o", list);
      }
      case LedgerValue.TextMap(var entries) -> {
        ObjectNode members = object();
        entries.forEach((key, entry) -> members.set(key, node(entry)));
        yield object().set("m", members);
      }
      case LedgerValue.GenMap(var entries) -> {
        ArrayNode list = array();
        entries.forEach((key, entry) -> list.add(array().add(node(key)).add(node(entry))));
        yield object().set("g", list);
      }
    };
  }

  /** @throws FairwayException with {@code INVALID} when the JSON is no stored value */
  public static LedgerValue value(@Nullable JsonNode node) {
    try {
      return read(node);
    } catch (IllegalArgumentException | java.time.DateTimeException | JacksonException e) {
      throw new FairwayException(ErrorCode.INVALID, "not a stored value: " + e.getMessage(), e);
    }
  }

  private static LedgerValue read(@Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return LedgerValue.UNIT;
    }
    if (node.isString()) {
      return LedgerValue.text(node.asString());
    }
    if (node.isBoolean()) {
      return LedgerValue.bool(node.asBoolean());
    }
    if (!node.isObject() || node.size() != 1) {
      throw new FairwayException(ErrorCode.INVALID, "a stored value names one type, is " + node.getNodeType());
    }
    var member = node.properties().iterator().next();
    JsonNode inner = member.getValue();
    return switch (member.getKey()) {
      case "i" -> LedgerValue.int64(Long.parseLong(inner.asString()));
      case "n" -> LedgerValue.numeric(inner.asString());
      case "p" -> LedgerValue.party(new Party(inner.asString()));
      case "c" -> LedgerValue.contract(new ContractId(inner.asString()));
      case "d" -> LedgerValue.date(LocalDate.parse(inner.asString()));
      case "t" -> LedgerValue.timestamp(Instant.parse(inner.asString()));
      case "e" -> new LedgerValue.Enumeration(inner.asString());
      case "s" -> {
        var fields = new LinkedHashMap<String, LedgerValue>();
        inner.properties().forEach(field -> fields.put(field.getKey(), read(field.getValue())));
        yield new LedgerValue.Struct(fields);
      }
      case "v" -> new LedgerValue.Variant(inner.path(0).asString(), read(inner.path(1)));
      case "l" -> LedgerValue.list(inner.valueStream().map(StoredValue::read).toList());
      case "o" -> inner.isEmpty() ? LedgerValue.none() : LedgerValue.some(read(inner.get(0)));
      case "m" -> {
        var entries = new TreeMap<String, LedgerValue>();
        inner.properties().forEach(entry -> entries.put(entry.getKey(), read(entry.getValue())));
        yield new LedgerValue.TextMap(entries);
      }
      case "g" -> {
        var entries = new LinkedHashMap<LedgerValue, LedgerValue>();
        inner.forEach(pair -> entries.put(read(pair.path(0)), read(pair.path(1))));
        yield new LedgerValue.GenMap(entries);
      }
      case String other -> throw new FairwayException(ErrorCode.INVALID, "no stored type " + other);
    };
  }
}
