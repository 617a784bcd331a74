package dev.fairway.core.ledger;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A package of templates and types that a ledger knows.
 *
 * @param id the ledger's name for exactly this content
 * @param name what its authors call it; empty where a package has no name
 * @param version its authors' version; empty where a package has none
 * @param templates by {@code Module:Entity}
 * @param types definitions of the named types, by {@code Module:Entity}; those of templates are among them
 */
public record LedgerPackage(String id, String name, String version, SequencedMap<String, Template> templates,
    Map<String, LedgerType.Definition> types) {
  public LedgerPackage {
    TemplateId.checkPackage(id);
    templates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(templates));
    types = Map.copyOf(types);
  }

  /** The template's full name, if it is in here under the name a reader wrote. */
  public Optional<TemplateId> find(TemplateId wanted) {
    TemplateId actual = new TemplateId(id, wanted.module(), wanted.entity());
    return templates.containsKey(wanted.name()) && wanted.means(actual, Optional.of(name))
        ? Optional.of(actual)
        : Optional.empty();
  }

  /**
   * A template.
   *
   * @param choices by name; {@code Archive} is among them
   * @param key the type of its key, if it has one
   */
  public record Template(SequencedMap<String, Choice> choices, Optional<LedgerType> key) {
    public Template {
      choices = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(choices));
    }
  }

  /** A choice: whether it archives the contract, what it takes and what it answers. */
  public record Choice(boolean consuming, LedgerType argument, LedgerType result) {}
}
