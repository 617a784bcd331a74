package dev.fairway.core.ledger;

import java.util.Optional;

/** Which templates a reader wants: all, those of a package, or one. */
public sealed interface TemplatePattern {
  /** Every template. */
  TemplatePattern ALL = new All();

  /**
   * Whether a contract of this template is wanted.
   *
   * @param packageName the name of the template's package, where the ledger tells it
   */
  boolean matches(TemplateId template, Optional<String> packageName);

  /** The same pattern with the package filled in where it was left open. */
  TemplatePattern in(String defaultPackage);

  static TemplatePattern of(TemplateId template) {
    return new One(template);
  }

  /**
   * Reads {@code *}, {@code package:*}, or a template's name.
   *
   * @throws IllegalArgumentException when the text is none of them
   */
  static TemplatePattern parse(String text) {
    String pattern = text.strip();
    if (pattern.equals("*")) {
      return ALL;
    }
    if (pattern.endsWith(":*") && pattern.indexOf(':') == pattern.length() - 2) {
      return new OfPackage(pattern.substring(0, pattern.length() - 2));
    }
    return new One(TemplateId.parse(pattern));
  }

  /** {@code *}. */
  record All() implements TemplatePattern {
    @Override
    public boolean matches(TemplateId template, Optional<String> packageName) {
      return true;
    }

    @Override
    public TemplatePattern in(String defaultPackage) {
      return this;
    }

    @Override
    public String toString() {
      return "*";
    }
  }

  /** {@code package:*}. */
  record OfPackage(String pkg) implements TemplatePattern {
    public OfPackage {
      TemplateId.checkPackage(pkg);
    }

    @Override
    public boolean matches(TemplateId template, Optional<String> packageName) {
      return TemplateId.samePackage(pkg, template, packageName);
    }

    @Override
    public TemplatePattern in(String defaultPackage) {
      return this;
    }

    @Override
    public String toString() {
      return pkg + ":*";
    }
  }

  /** One template, by any of its names. */
  record One(TemplateId template) implements TemplatePattern {
    @Override
    public boolean matches(TemplateId actual, Optional<String> packageName) {
      return template.means(actual, packageName);
    }

    @Override
    public TemplatePattern in(String defaultPackage) {
      return new One(template.in(defaultPackage));
    }

    @Override
    public String toString() {
      return template.toString();
    }
  }
}
