package dev.fairway.web;

/** Who may use a route. */
public sealed interface Access {
  /** Everyone. {@link Call#caller()} still names whoever presents credentials. */
  record Anyone() implements Access {}

  /** Whoever presents valid credentials. */
  record Authenticated() implements Access {}

  /** Whoever's credentials carry the scope. */
  record Scope(String name) implements Access {
    public Scope {
      if (name.isBlank()) {
        throw new IllegalArgumentException("a scope needs a name");
      }
    }
  }
}
