package dev.fairway.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fields of an {@code application/x-www-form-urlencoded} body or of a query, in order. */
public record Form(Map<String, List<String>> fields) {
  /** The first value of the field. */
  public Optional<String> get(String name) {
    List<String> values = fields.get(name);
    return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
  }

  public List<String> all(String name) {
    return fields.getOrDefault(name, List.of());
  }
}
