package dev.fairway.core.ledger;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names a template, or another type, in one of three ways: {@code Module:Entity}, {@code packageId:Module:Entity} or
 * {@code #packageName:Module:Entity}. A ledger always answers with the package id.
 *
 * @param pkg a package id, or {@code #} and a package name; empty when the package is left open
 * @param module a dotted name
 * @param entity a name, dotted for types made by the compiler
 */
public record TemplateId(Optional<String> pkg, String module, String entity) implements Comparable<TemplateId> {
  static final Pattern PACKAGE = Pattern.compile("#?[A-Za-z0-9\\-_ ]{1,255}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z$_][A-Za-z0-9$_]*(\\.[A-Za-z$_][A-Za-z0-9$_]*)*");
  private static final int NAME_LIMIT = 1000;

  public TemplateId {
    pkg.ifPresent(TemplateId::checkPackage);
    checkName("module", module);
    checkName("entity", entity);
  }

  public TemplateId(String pkg, String module, String entity) {
    this(Optional.of(pkg), module, entity);
  }

  /** @throws IllegalArgumentException when the text has none of the three forms */
  public static TemplateId parse(String text) {
    String[] parts = text.strip().split(":", -1);
    return switch (parts.length) {
      case 2 -> new TemplateId(Optional.empty(), parts[0], parts[1]);
      case 3 -> new TemplateId(Optional.of(parts[0]), parts[1], parts[2]);
      default -> throw new IllegalArgumentException(
          "template must be Module:Entity, package:Module:Entity or #name:Module:Entity, is \"" + text + "\"");
    };
  }

  /** The same template in the given package, unless it already names one. */
  public TemplateId in(String defaultPackage) {
    return pkg.isPresent() ? this : new TemplateId(Optional.of(defaultPackage), module, entity);
  }

  /** {@code Module:Entity}. */
  public String name() {
    return module + ":" + entity;
  }

  /** Whether this name, as a reader wrote it, means the given template of a ledger. */
  public boolean means(TemplateId actual, Optional<String> packageName) {
    return module.equals(actual.module) && entity.equals(actual.entity)
        && pkg.map(wanted -> samePackage(wanted, actual, packageName)).orElse(true);
  }

  static boolean samePackage(String wanted, TemplateId actual, Optional<String> packageName) {
    return wanted.startsWith("#")
        ? packageName.filter(wanted.substring(1)::equals).isPresent()
        : actual.pkg.filter(wanted::equals).isPresent();
  }

  static void checkPackage(String pkg) {
    if (!PACKAGE.matcher(pkg).matches()) {
      throw new IllegalArgumentException(
          "package must be an id of 1 to 255 of A-Z a-z 0-9 - _ and space, or # and a name, is \"" + pkg + "\"");
    }
  }

  private static void checkName(String what, String name) {
    if (name.length() > NAME_LIMIT || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          what + " must be a dotted name of letters, digits, _ and $ that starts with none of the digits, is \"" + name
              + "\"");
    }
  }

  @Override
  public int compareTo(TemplateId other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return pkg.map(p -> p + ":" + name()).orElseGet(this::name);
  }
}
