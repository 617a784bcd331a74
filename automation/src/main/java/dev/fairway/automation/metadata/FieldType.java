package dev.fairway.automation.metadata;

import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The type of a setting: a word, or a word, a colon and a JSON document. */
public sealed interface FieldType {
  /** How it is written, {@code integer} or {@code enum:["A","B"]}. */
  default String written() {
    return switch (this) {
      case Text _ -> "text";
      case Clob _ -> "clob";
      case Decimal _ -> "number";
      case Whole _ -> "integer";
      case Party _ -> "party";
      case ContractTemplate _ -> "contract_template";
      case ContractChoice(String field) ->
        "contract_choice:" + JsonMapper.shared().writeValueAsString(Map.of("templateNameField", field));
      case OneOf(List<String> values) -> "enum:" + JsonMapper.shared().writeValueAsString(values);
    };
  }

  /** A line of text. */
  record Text() implements FieldType {}

  /** Several lines of text, such as a key; never shown. */
  record Clob() implements FieldType {}

  /** A decimal number. */
  record Decimal() implements FieldType {}

  /** A whole number of 64 bits. */
  record Whole() implements FieldType {}

  record Party() implements FieldType {}

  record ContractTemplate() implements FieldType {}

  /** @param templateField the setting that names the template */
  record ContractChoice(String templateField) implements FieldType {}

  record OneOf(List<String> values) implements FieldType {
    public OneOf {
      values = List.copyOf(values);
    }
  }

  /** @throws IllegalArgumentException when there is no such type */
  static FieldType parse(String written) {
    String text = written.strip();
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon).strip();
    if (colon >= 0 && !word.equals("enum") && !word.equals("contract_choice")) {
      throw new IllegalArgumentException("field type \"" + word + "\" takes nothing after a colon");
    }
    return switch (word) {
      case "", "text", "default" -> new Text();
      case "clob" -> new Clob();
      case "number" -> new Decimal();
      case "integer" -> new Whole();
      case "party" -> new Party();
      case "contract_template" -> new ContractTemplate();
      case "contract_choice" -> {
        JsonNode field = json(word, text, colon).path("templateNameField");
        if (!field.isString() || field.asString().isBlank()) {
          throw new IllegalArgumentException("contract_choice needs {\"templateNameField\": \"…\"}");
        }
        yield new ContractChoice(field.asString());
      }
      case "enum" -> {
        JsonNode values = json(word, text, colon);
        if (!values.isArray() || values.isEmpty() || !values.valueStream().allMatch(JsonNode::isString)) {
          throw new IllegalArgumentException("enum needs a list of texts: enum:[\"A\",\"B\"]");
        }
        yield new OneOf(values.valueStream().map(JsonNode::asString).toList());
      }
      case String _ -> throw new IllegalArgumentException("no field type \"" + word
          + "\"; there are text, number, integer, party, contract_template, contract_choice, enum, clob");
    };
  }

  private static JsonNode json(String word, String text, int colon) {
    if (colon < 0) {
      throw new IllegalArgumentException(word + " needs a colon and JSON");
    }
    try {
      return JsonMapper.shared().readTree(text.substring(colon + 1));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("what follows " + word + ": is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
