package dev.fairway.daml.dar;

import java.util.List;
import java.util.Optional;

/**
 * A template. Its arguments are the record of the same name in the same module.
 *
 * @param key the type of its contract key
 * @param implemented the interfaces it implements
 */
public record Template(String name, List<Choice> choices, Optional<DamlType> key, List<TypeRef> implemented) {
  public Template {
    choices = List.copyOf(choices);
    implemented = List.copyOf(implemented);
  }

  /**
   * @param consuming whether exercising it archives the contract
   * @param argument the record of its arguments
   * @param returns what exercising it answers
   */
  public record Choice(String name, boolean consuming, DamlType argument, DamlType returns) {}

  /** @param view the type its view computes, from language version 1.15 on */
  public record Interface(String name, List<Choice> choices, Optional<DamlType> view, List<TypeRef> requires) {
    public Interface {
      choices = List.copyOf(choices);
      requires = List.copyOf(requires);
    }
  }

  public Optional<Choice> choice(String choice) {
    return choices.stream().filter(c -> c.name().equals(choice)).findFirst();
  }
}
