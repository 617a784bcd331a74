package dev.fairway.automation.runtime;

import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * JSON as webhooks have always answered it: {@code ", "} and {@code ": "} between, decimals as texts, times as ISO 8601
 * in UTC, and a line feed at the end.
 */
final class SpacedJson {
  /** As which content type it is answered. */
  static final String TYPE = "application/json; charset=utf-8";

  private SpacedJson() {}

  static String write(@Nullable Object tree) {
    var text = new StringBuilder();
    write(text, tree);
    return text.append('\n').toString();
  }

  private static void write(StringBuilder text, @Nullable Object value) {
    switch (value) {
      case null -> text.append("null");
      case Map<?, ?> map -> {
        text.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
          Map.Entry<?, ?> entry = entries.next();
          text.append(Json.text(String.valueOf(entry.getKey()))).append(": ");
          write(text, entry.getValue());
          text.append(entries.hasNext() ? ", " : "");
        }
        text.append('}');
      }
      case Iterable<?> list -> {
        text.append('[');
        Iterator<?> items = list.iterator();
        while (items.hasNext()) {
          write(text, items.next());
          text.append(items.hasNext() ? ", " : "");
        }
        text.append(']');
      }
      case LedgerValue ledger -> write(text, LedgerJson.tree(ledger));
      case Optional<?> optional -> write(text, optional.orElse(null));
      case Boolean truth -> text.append(truth);
      case BigDecimal decimal -> text.append('"').append(decimal.toPlainString()).append('"');
      case Number number -> text.append(number);
      case Instant moment -> text.append('"').append(moment).append('"');
      case Record fields -> write(text, members(fields));
      case Object other -> text.append(Json.text(other.toString()));
    }
  }

  private static Map<String, @Nullable Object> members(Record value) {
    var members = new java.util.LinkedHashMap<String, @Nullable Object>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        var accessor = component.getAccessor();
        accessor.setAccessible(true);
        members.put(component.getName(), accessor.invoke(value));
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException("cannot read " + component, e);
      }
    }
    return members;
  }
}
