package dev.fairway.datatrust.http;

import dev.fairway.core.FairwayException;
import dev.fairway.web.Call;
import dev.fairway.web.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Arguments in a JSON body or a query, and the words old services had for what is wrong with them. */
final class Arguments {
  private static final String MISSING = " Missing required parameter in the JSON body";
  private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE);

  private Arguments() {}

  /** The body as a JSON object; an empty one when there is none or it is not announced as JSON. */
  static JsonNode body(Call call) throws IOException {
    if (!call.contentType().equals("application/json")) {
      return Json.object();
    }
    byte[] bytes = call.bytes();
    try {
      JsonNode body = bytes.length == 0 ? Json.object() : Json.parse(bytes);
      return body.isObject() ? body : Json.object();
    } catch (FairwayException e) {
      throw CapiError.of(400, "Failed to decode JSON object: " + e.getMessage());
    }
  }

  /**
   * Texts that must all be there.
   *
   * @param helps what each is, by name
   */
  static Map<String, String> texts(JsonNode body, Map<String, String> helps) {
    Map<String, String> errors = new LinkedHashMap<>();
    helps.forEach((name, help) -> {
      if (!body.has(name)) {
        errors.put(name, help + MISSING);
      }
    });
    if (!errors.isEmpty()) {
      throw CapiError.arguments(errors);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    helps.keySet().forEach(name -> {
      JsonNode value = body.get(name);
      if (value.isNull()) {
        // Old services never filled the placeholder in, and clients may compare the text.
        throw CapiError.of(400, "Incomplete payload in request body: %s");
      }
      texts.put(name, value.isValueNode() ? value.asString() : value.toString());
    });
    return texts;
  }

  /** A whole number that must be there. */
  static Optional<String> wrongNumber(JsonNode body, String name, String help) {
    JsonNode value = body.get(name);
    if (value == null || value.isNull()) {
      return Optional.of(help + MISSING);
    }
    return value.isIntegralNumber() && value.canConvertToLong()
        ? Optional.empty()
        : Optional.of(help + notANumber(value.asString("")));
  }

  static String notANumber(String value) {
    return " invalid literal for int() with base 10: '" + (value.length() > 40 ? value.substring(0, 40) : value) + "'";
  }

  /** A block number of the query. */
  static Optional<Long> block(Call call, String name, String help) {
    Optional<String> text = call.query(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String digits = text.get().strip();
    if (!digits.matches("[+-]?[0-9]{1,40}")) {
      throw CapiError.argument(name, help + notANumber(text.get()));
    }
    BigInteger number = new BigInteger(digits);
    if (number.signum() < 0) {
      throw CapiError.argument(name, help + " must not be negative, is " + number);
    }
    return Optional.of(number.min(LONGEST).longValue());
  }
}
