package dev.fairway.core.ledger;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a reader wants to see.
 *
 * @param readers as whom to read: contracts at least one of them has a stake in. At least one
 * @param templates which templates; at least one pattern
 */
public record Query(Set<Party> readers, List<TemplatePattern> templates) {
  public Query {
    readers = Set.copyOf(readers);
    templates = List.copyOf(templates);
    if (readers.isEmpty() || templates.isEmpty()) {
      throw new IllegalArgumentException("a query needs a reader and a template pattern");
    }
  }

  /** Everything a party may see. */
  public static Query all(Party reader) {
    return new Query(Set.of(reader), List.of(TemplatePattern.ALL));
  }

  /** Some templates' contracts that a party may see. */
  public static Query of(Party reader, TemplateId... templates) {
    return new Query(Set.of(reader), java.util.Arrays.stream(templates).map(TemplatePattern::of).toList());
  }

  /** Whether a template is wanted. */
  public boolean wants(TemplateId template, Optional<String> packageName) {
    return templates.stream().anyMatch(pattern -> pattern.matches(template, packageName));
  }

  /** Whether a contract is wanted and may be seen. */
  public boolean wants(Contract contract) {
    return readers.stream().anyMatch(contract::concerns) && wants(contract.template(), contract.packageName());
  }
}
