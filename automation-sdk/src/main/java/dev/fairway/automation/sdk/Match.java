package dev.fairway.automation.sdk;

import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerValue;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Patterns on payloads. */
public final class Match {
  private Match() {}

  /**
   * A payload that has all of these fields. A value may be a {@link LedgerValue}; a text, number or truth value; a
   * predicate on a {@link LedgerValue}; another such map, for a record, variant or text map; or null for an optional field
   * without a value.
   */
  public static Predicate<LedgerValue.Struct> fields(Map<String, ?> pattern) {
    return payload -> pattern.entrySet().stream()
        .allMatch(entry -> matches(payload.fields().get(entry.getKey()), entry.getValue()));
  }

  private static boolean matches(@Nullable LedgerValue given, @Nullable Object wanted) {
    LedgerValue value = given instanceof LedgerValue.Opt(var inner) && !(wanted instanceof LedgerValue.Opt)
        ? inner.orElse(null)
        : given;
    return switch (wanted) {
      case null -> value == null;
      case LedgerValue exact -> exact.equals(value);
      case Predicate<?> predicate -> value != null && test(predicate, value);
      case Map<?, ?> nested -> value != null && nested.entrySet().stream()
          .allMatch(entry -> matches(part(value, String.valueOf(entry.getKey())), entry.getValue()));
      case Boolean truth -> value instanceof LedgerValue.Bool(boolean actual) && truth == actual;
      case Object scalar -> value != null && Objects.equals(String.valueOf(LedgerJson.tree(value)), scalar.toString());
    };
  }

  private static @Nullable LedgerValue part(LedgerValue value, String name) {
    return switch (value) {
      case LedgerValue.Struct struct -> struct.fields().get(name);
      case LedgerValue.TextMap(var entries) -> entries.get(name);
      case LedgerValue.Variant(String constructor, LedgerValue inner) -> constructor.equals(name) ? inner : null;
      case LedgerValue _ -> null;
    };
  }

  @SuppressWarnings("unchecked")
  private static boolean test(Predicate<?> predicate, LedgerValue value) {
    return ((Predicate<LedgerValue>) predicate).test(value);
  }
}
