package dev.fairway.exchange.message;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.web.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What is posted to a channel's endpoint: five texts, and the sender's reference if it likes. */
public record PostedMessage(Message message, Optional<String> senderRef) {
  private static final Map<String, Integer> FIELDS = new LinkedHashMap<>();

  static {
    FIELDS.put("sender", 2);
    FIELDS.put("receiver", 2);
    FIELDS.put("subject", Message.SUBJECT_LIMIT);
    FIELDS.put("obj", Message.OBJ_LIMIT);
    FIELDS.put("predicate", Message.PREDICATE_LIMIT);
  }

  /** Either a message, or what is wrong with each field, as old endpoints tell it. */
  public sealed interface Reading {
    record Good(PostedMessage posted) implements Reading {}

    record Bad(Map<String, List<String>> faults) implements Reading {}
  }

  /** @param own filled in where the sender is left out */
  public static Reading read(byte[] body, Jurisdiction own) {
    JsonNode json;
    try {
      json = Json.parse(body);
    } catch (FairwayException malformed) {
      return new Reading.Bad(Map.of("_schema", List.of("Invalid input type.")));
    }
    if (!json.isObject()) {
      return new Reading.Bad(Map.of("_schema", List.of("Invalid input type.")));
    }
    Map<String, List<String>> faults = new TreeMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    FIELDS.forEach((name, longest) -> {
      JsonNode value = json.get(name);
      String text = value == null && name.equals("sender") ? own.code() : text(value);
      Optional<String> fault = fault(name, value, text, longest);
      fault.ifPresent(why -> faults.put(name, List.of(why)));
      values.put(name, text == null ? "" : text);
    });
    JsonNode reference = json.get("sender_ref");
    if (reference != null && !reference.isNull()
        && !(reference.isString() && MessageRef.isSenderRef(reference.stringValue()))) {
      faults.put("sender_ref", List.of("Not a valid reference."));
    }
    Set<String> known = FIELDS.keySet();
    json.propertyNames().stream().filter(name -> !known.contains(name) && !name.equals("sender_ref")).limit(20)
        .forEach(name -> faults.put(name, List.of("Unknown field.")));
    if (!faults.isEmpty()) {
      return new Reading.Bad(faults);
    }
    return new Reading.Good(new PostedMessage(
        new Message(new Jurisdiction(values.getOrDefault("sender", "")),
            new Jurisdiction(values.getOrDefault("receiver", "")), values.getOrDefault("subject", ""),
            values.getOrDefault("obj", ""), values.getOrDefault("predicate", "")),
        Optional.ofNullable(text(reference))));
  }

  private static @Nullable String text(@Nullable JsonNode value) {
    return value != null && value.isString() ? value.stringValue() : null;
  }

  private static Optional<String> fault(String name, @Nullable JsonNode value, @Nullable String text, int longest) {
    if (text == null) {
      return Optional.of(value == null
          ? "Missing data for required field."
          : value.isNull() ? "Field may not be null." : "Not a valid string.");
    }
    if (longest == 2 && !Jurisdiction.isCode(text)) {
      return Optional.of("Not a jurisdiction: two upper-case letters.");
    }
    if (text.isBlank()) {
      return Optional.of("Shorter than minimum length 1.");
    }
    if (text.length() > longest) {
      return Optional.of("Longer than maximum length " + longest + ".");
    }
    return text.chars().anyMatch(Character::isISOControl)
        ? Optional.of(name + " has control characters.")
        : Optional.empty();
  }
}
