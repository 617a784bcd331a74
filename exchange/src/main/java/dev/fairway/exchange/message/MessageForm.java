package dev.fairway.exchange.message;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.exchange.document.ObjectUri;
import dev.fairway.web.Json;
import dev.fairway.web.LegacyError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A message as a business hands it in. Unknown keys are left out of account, and so are the keys only a node may set.
 *
 * @param senderRef the client's own reference, which also makes a resend harmless
 * @param priority 0 (bulk) to 9 (urgent), 5 is usual
 * @param ordered whether it must not overtake earlier messages of its subject
 */
public record MessageForm(Message message, Optional<String> senderRef, int priority, boolean ordered) {
  private static final String REFERENCE = "[A-Za-z0-9_.~-]{1,256}";

  /**
   * Reads and checks. The first jurisdiction or missing key that is wrong is told alone, all other faults together, in
   * the words of the old API.
   *
   * @throws LegacyError 400
   */
  static MessageForm read(byte[] body, Jurisdictions jurisdictions, boolean loopback) {
    JsonNode json = object(body);
    Jurisdiction sender = jurisdiction(json, "sender", jurisdictions);
    Jurisdiction receiver = jurisdiction(json, "receiver", jurisdictions);
    JsonNode subject = required(json, "subject");
    JsonNode obj = required(json, "obj");
    JsonNode predicate = required(json, "predicate");
    List<String> faults = new ArrayList<>(0);
    if (!loopback && sender.equals(receiver)) {
      faults.add("receiver is the sender: " + receiver);
    }
    checkSubject(subject, faults);
    checkObj(obj, faults);
    checkPredicate(predicate, faults);
    Optional<String> senderRef = senderRef(json.get("sender_ref"), faults);
    int priority = priority(json.get("priority"), faults);
    boolean ordered = flag(json.get("ordered"), faults);
    if (!faults.isEmpty()) {
      throw new LegacyError(400, "MessageValidationError", "Unable to validate the posted message", faults);
    }
    return new MessageForm(
        new Message(sender, receiver, subject.stringValue(), obj.stringValue(), predicate.stringValue()), senderRef,
        priority, ordered);
  }

  /**
   * One that a part of the node hands in, by the same rules.
   *
   * @param senderRef makes a resend harmless
   * @param loopback whether a jurisdiction may write to itself
   * @throws FairwayException with {@code INVALID} and all faults
   */
  public static MessageForm of(Message message, String senderRef, Jurisdictions jurisdictions, boolean loopback) {
    JsonNode json = Json.object().put("subject", message.subject()).put("obj", message.obj())
        .put("predicate", message.predicate()).put("sender_ref", senderRef);
    List<String> faults = new ArrayList<>(0);
    if (!jurisdictions.knows(message.receiver())) {
      faults.add("receiver is no known jurisdiction: " + message.receiver());
    }
    if (!loopback && message.sender().equals(message.receiver())) {
      faults.add("receiver is the sender: " + message.receiver());
    }
    checkSubject(json.path("subject"), faults);
    checkObj(json.path("obj"), faults);
    checkPredicate(json.path("predicate"), faults);
    Optional<String> reference = senderRef(json.path("sender_ref"), faults);
    if (!faults.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, String.join("; ", faults));
    }
    return new MessageForm(message, reference, 5, false);
  }

  /** A body that is one JSON object with something in it. */
  static JsonNode object(byte[] body) {
    try {
      JsonNode json = Json.parse(body);
      if (json.isObject() && !json.isEmpty()) {
        return json;
      }
    } catch (FairwayException malformed) {
      throw empty();
    }
    throw empty();
  }

  private static LegacyError empty() {
    return new LegacyError(400, "MessageDataEmptyError", "A single non-empty JSON must be passed", List.of());
  }

  private static Jurisdiction jurisdiction(JsonNode json, String key, Jurisdictions jurisdictions) {
    try {
      return jurisdictions.parse(required(json, key));
    } catch (Jurisdictions.Unknown e) {
      throw undeserializable(e.text());
    }
  }

  private static JsonNode required(JsonNode json, String key) {
    JsonNode value = json.get(key);
    if (value == null) {
      throw undeserializable("'" + key + "'");
    }
    return value;
  }

  private static LegacyError undeserializable(String source) {
    return new LegacyError(400, "MessageDeserializationError", "Unable to deserialize the posted message",
        List.of(source));
  }

  private static void checkSubject(JsonNode subject, List<String> faults) {
    if (subject.isNull() || (subject.isString() && subject.stringValue().isBlank())) {
      faults.add("subject is empty");
    } else if (!subject.isString()) {
      faults.add("subject is not a string: " + Shown.of(subject));
    } else if (subject.stringValue().length() > Message.SUBJECT_LIMIT) {
      faults.add("subject is longer than " + Message.SUBJECT_LIMIT + " characters");
    } else if (hasControls(subject.stringValue())) {
      faults.add("subject has control characters: " + Shown.of(subject));
    }
  }

  private static void checkObj(JsonNode obj, List<String> faults) {
    boolean good = obj.isString() && obj.stringValue().length() <= Message.OBJ_LIMIT && !hasControls(obj.stringValue())
        && !obj.stringValue().isBlank() && ObjectUri.isValid(obj.stringValue());
    if (!good) {
      faults.add("obj is not a URI: " + Shown.of(obj));
    }
  }

  private static void checkPredicate(JsonNode predicate, List<String> faults) {
    if (!predicate.isString() || !isPredicate(predicate.stringValue())) {
      faults.add("predicate is not a URI: " + Shown.of(predicate));
    }
  }

  /** A dotted name of three or more parts, none of them empty, without slashes, stars or white space. */
  static boolean isPredicate(String value) {
    if (value.isEmpty() || value.length() > Message.PREDICATE_LIMIT) {
      return false;
    }
    int dots = 0;
    char before = '.';
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '/' || c == '*' || Character.isWhitespace(c) || Character.isISOControl(c) || Character.isSurrogate(c)
          || (c == '.' && before == '.')) {
        return false;
      }
      if (c == '.') {
        dots++;
      }
      before = c;
    }
    return before != '.' && (dots >= 2 || ObjectUri.isValid(value));
  }

  private static Optional<String> senderRef(@Nullable JsonNode value, List<String> faults) {
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isString() || !value.stringValue().matches(REFERENCE)) {
      faults.add("sender_ref is not 1 to 256 of A-Z a-z 0-9 _ . ~ -: " + Shown.of(value));
      return Optional.empty();
    }
    return Optional.of(value.stringValue());
  }

  private static int priority(@Nullable JsonNode value, List<String> faults) {
    if (value == null || value.isNull()) {
      return 5;
    }
    if (!value.isInt() || value.intValue() < 0 || value.intValue() > 9) {
      faults.add("priority is not 0 to 9: " + Shown.of(value));
      return 5;
    }
    return value.intValue();
  }

  private static boolean flag(@Nullable JsonNode value, List<String> faults) {
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      faults.add("ordered is not true or false: " + Shown.of(value));
      return false;
    }
    return value.booleanValue();
  }

  private static boolean hasControls(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c) || (Character.isSurrogate(c) && !pairs(value, i))) {
        return true;
      }
    }
    return false;
  }

  /** A surrogate alone is not a character, and cannot be written as UTF-8. */
  private static boolean pairs(String value, int at) {
    return Character.isHighSurrogate(value.charAt(at))
        ? at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))
        : at > 0 && Character.isHighSurrogate(value.charAt(at - 1));
  }
}
