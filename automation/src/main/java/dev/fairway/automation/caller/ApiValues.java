package dev.fairway.automation.caller;

import dev.fairway.automation.caller.ApiMapping.Declaration;
import dev.fairway.automation.caller.ApiMapping.ValueType;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Values of an API, as JSON and as values of a ledger. What went one way comes back the other way with the same meaning;
 * what a ledger cannot hold exactly is refused.
 */
final class ApiValues {
  /** A ledger's decimals have ten digits behind the point, and 28 before it. */
  private static final int SCALE = 10;
  private static final int PRECISION = 38;

  private final Map<String, Declaration> declarations;

  ApiValues(Map<String, Declaration> declarations) {
    this.declarations = declarations;
  }

  /** The JSON cannot be a value of the type. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    Unfit(String message) {
      super(message);
    }
  }

  /** Of a value on the ledger, its JSON. */
  JsonNode json(ValueType type, LedgerValue value) {
    return switch (type) {
      case ValueType.Plain(String name) -> plain(name, value);
      case ValueType.ListOf(ValueType item) -> {
        ArrayNode array = Json.array();
        ((LedgerValue.Sequence) value).items().forEach(one -> array.add(json(item, one)));
        yield array;
      }
      case ValueType.MapOf(ValueType of) -> {
        ObjectNode object = Json.object();
        ((LedgerValue.TextMap) value).entries().forEach((key, one) -> object.set(key, json(of, one)));
        yield object;
      }
      case ValueType.OptionalOf(ValueType of) -> ((LedgerValue.Opt) value).value().map(one -> json(of, one))
          .orElseGet(() -> Json.mapper().getNodeFactory().nullNode());
      case ValueType.Ref(String name) -> declared(name, value);
    };
  }

  private static JsonNode plain(String name, LedgerValue value) {
    var make = Json.mapper().getNodeFactory();
    return switch (value) {
      case LedgerValue.Text(String text) when name.equals("json") -> Json.parse(text);
      case LedgerValue.Text(String text) -> make.stringNode(text);
      case LedgerValue.Int64(long number) -> make.numberNode(number);
      case LedgerValue.Numeric(BigDecimal number) -> make.numberNode(number.stripTrailingZeros());
      case LedgerValue.Bool(boolean truth) -> make.booleanNode(truth);
      case LedgerValue.Date(LocalDate date) -> make.stringNode(date.toString());
      case LedgerValue.Timestamp(Instant time) -> make.stringNode(time.toString());
      default -> throw new IllegalArgumentException("no " + name + ": " + value);
    };
  }

  private JsonNode declared(String name, LedgerValue value) {
    return switch (declaration(name)) {
      case Declaration.Struct(List<Declaration.Field> fields) -> {
        ObjectNode object = Json.object();
        for (Declaration.Field field : fields) {
          LedgerValue one = ((LedgerValue.Struct) value).get(field.field());
          // What is missing stays missing; null would be something else to many services.
          if (!(one instanceof LedgerValue.Opt(Optional<LedgerValue> inner)) || inner.isPresent()) {
            object.set(field.name(), json(field.type(), one));
          }
        }
        yield object;
      }
      case Declaration.Enumeration(List<Declaration.Constructor> constructors) -> {
        String chosen = ((LedgerValue.Enumeration) value).constructor();
        yield Json.mapper().getNodeFactory().stringNode(constructors.stream()
            .filter(c -> c.constructor().equals(chosen)).findFirst().orElseThrow().name());
      }
      case Declaration.Variant(List<Declaration.Alternative> alternatives, _) -> {
        var variant = (LedgerValue.Variant) value;
        yield json(alternatives.stream().filter(a -> a.constructor().equals(variant.constructor())).findFirst()
            .orElseThrow().type(), variant.value());
      }
    };
  }

  private Declaration declaration(String name) {
    return Optional.ofNullable(declarations.get(name))
        .orElseThrow(() -> new IllegalStateException("the mapping file declares no " + name));
  }

  /** Of JSON, the value on the ledger. */
  LedgerValue value(ValueType type, JsonNode json) throws Unfit {
    return switch (type) {
      case ValueType.Plain(String name) -> plain(name, json);
      case ValueType.ListOf(ValueType item) -> {
        require(json.isArray(), "a list", json);
        List<LedgerValue> items = new ArrayList<>();
        for (JsonNode one : json) {
          items.add(value(item, one));
        }
        yield LedgerValue.list(items);
      }
      case ValueType.MapOf(ValueType of) -> {
        require(json.isObject(), "an object", json);
        Map<String, LedgerValue> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
          entries.put(entry.getKey(), value(of, entry.getValue()));
        }
        yield LedgerValue.textMap(entries);
      }
      case ValueType.OptionalOf(ValueType of) -> json.isNull() || json.isMissingNode()
          ? LedgerValue.none()
          : LedgerValue.some(value(of, json));
      case ValueType.Ref(String name) -> declared(name, json);
    };
  }

  private static LedgerValue plain(String name, JsonNode json) throws Unfit {
    try {
      return switch (name) {
        case "int" -> {
          require(json.isNumber() && json.decimalValue().stripTrailingZeros().scale() <= 0, "a whole number", json);
          yield LedgerValue.int64(json.decimalValue().longValueExact());
        }
        case "decimal" -> {
          require(json.isNumber(), "a number", json);
          BigDecimal number = json.decimalValue().stripTrailingZeros();
          require(number.scale() <= SCALE && number.precision() - number.scale() <= PRECISION - SCALE,
              "a number of at most 28 digits and ten behind the point", json);
          yield LedgerValue.numeric(number);
        }
        case "bool" -> {
          require(json.isBoolean(), "true or false", json);
          yield LedgerValue.bool(json.booleanValue());
        }
        case "date" -> LedgerValue.date(LocalDate.parse(text(json)));
        case "time" -> {
          Instant time = OffsetDateTime.parse(text(json)).toInstant();
          require(time.equals(time.truncatedTo(ChronoUnit.MICROS)), "a time to the microsecond", json);
          yield LedgerValue.timestamp(time);
        }
        case "json" -> {
          require(!json.isMissingNode(), "something", json);
          yield LedgerValue.text(Json.text(json));
        }
        default -> LedgerValue.text(text(json));
      };
    } catch (DateTimeException | ArithmeticException | FairwayException | IllegalArgumentException e) {
      throw new Unfit(shown(json) + " is no " + name + ": " + e.getMessage());
    }
  }

  private LedgerValue declared(String name, JsonNode json) throws Unfit {
    return switch (declaration(name)) {
      case Declaration.Struct(List<Declaration.Field> fields) -> {
        require(json.isObject(), "an object", json);
        LedgerValue.Struct struct = LedgerValue.struct();
        for (Declaration.Field field : fields) {
          struct = struct.with(field.field(), value(field.type(), json.path(field.name())));
        }
        yield struct;
      }
      case Declaration.Enumeration(List<Declaration.Constructor> constructors) -> {
        String text = text(json);
        yield new LedgerValue.Enumeration(constructors.stream().filter(c -> c.name().equals(text)).findFirst()
            .orElseThrow(() -> new Unfit(shown(json) + " is none of " + name)).constructor());
      }
      case Declaration.Variant(List<Declaration.Alternative> alternatives, Optional<String> discriminator) ->
        alternative(name, alternatives, discriminator, json);
    };
  }

  /* The one that the discriminator names; else the first that fits. */
  private LedgerValue alternative(String name, List<Declaration.Alternative> alternatives,
      Optional<String> discriminator, JsonNode json) throws Unfit {
    String named = discriminator.map(property -> json.path(property).asString("")).orElse("");
    for (Declaration.Alternative alternative : alternatives) {
      if (!named.isEmpty() && alternative.name().equals(named)) {
        return new LedgerValue.Variant(alternative.constructor(), value(alternative.type(), json));
      }
    }
    for (Declaration.Alternative alternative : alternatives) {
      try {
        return new LedgerValue.Variant(alternative.constructor(), value(alternative.type(), json));
      } catch (Unfit e) {
        // Perhaps another fits.
      }
    }
    throw new Unfit(shown(json) + " is none of " + name);
  }

  private static String text(JsonNode json) throws Unfit {
    require(json.isString(), "a text", json);
    return json.stringValue();
  }

  private static void require(boolean fits, String wanted, JsonNode json) throws Unfit {
    if (!fits) {
      throw new Unfit((json.isMissingNode() ? "nothing" : shown(json)) + " is not " + wanted);
    }
  }

  private static String shown(JsonNode json) {
    String text = json.toString();
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }
}
