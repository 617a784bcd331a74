package dev.fairway.automation.metadata;

import dev.fairway.automation.metadata.PackageMetadata.Field;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks what an operator set against the metadata, and makes the integration's settings record of it. All problems are
 * told at once, each with the field, what is expected and what was given; values of {@code clob} fields are never shown.
 */
public final class SettingsReader {
  private final List<Field> fields;
  private final Collection<LedgerPackage> packages;
  private final List<String> problems = new ArrayList<>();

  /** @param packages what the ledger knows, to check templates and choices against; empty when it is not known */
  public SettingsReader(List<Field> fields, Collection<LedgerPackage> packages) {
    this.fields = List.copyOf(fields);
    this.packages = packages;
  }

  /**
   * Checks the values.
   *
   * @return by field id, defaults filled in; optional ones that were not given are missing
   * @throws FairwayException with {@code INVALID} and all problems
   */
  public Map<String, String> check(Map<String, String> given) {
    problems.clear();
    Map<String, String> values = new LinkedHashMap<>();
    for (Field field : fields) {
      String value = Optional.ofNullable(given.get(field.id())).map(String::strip).filter(v -> !v.isEmpty())
          .or(field::defaultValue).orElse("");
      if (!value.isEmpty()) {
        values.put(field.id(), value);
      } else if (field.required()) {
        problems.add(field.id() + " is needed: " + field.name());
      }
    }
    for (Field field : fields) {
      String value = values.get(field.id());
      if (value != null) {
        check(field, value, values);
      }
    }
    throwProblems();
    return values;
  }

  private void check(Field field, String value, Map<String, String> values) {
    switch (field.type()) {
      case FieldType.Text _,FieldType.Clob _ -> {
      }
      case FieldType.Whole _ -> {
        if (whole(value).isEmpty()) {
          wrong(field, "a whole number of 64 bits", value);
        }
      }
      case FieldType.Decimal _ -> {
        if (decimal(value).isEmpty()) {
          wrong(field, "a number", value);
        }
      }
      case FieldType.Party _ -> {
        try {
          new Party(value);
        } catch (IllegalArgumentException e) {
          wrong(field, "a party", value);
        }
      }
      case FieldType.OneOf(List<String> allowed) -> {
        if (!allowed.contains(value)) {
          wrong(field, "one of " + allowed, value);
        }
      }
      case FieldType.ContractTemplate _ -> template(field, value);
      case FieldType.ContractChoice(String templateField) -> choice(field, value, values.get(templateField));
    }
  }

  private void template(Field field, String value) {
    try {
      if (TemplatePattern.parse(value) instanceof TemplatePattern.One(TemplateId wanted) && !packages.isEmpty()
          && packages.stream().noneMatch(p -> p.find(wanted).isPresent())) {
        wrong(field, "a template the ledger knows", value);
      }
    } catch (IllegalArgumentException e) {
      wrong(field, "*, Module:Entity, package:Module:Entity or #name:Module:Entity", value);
    }
  }

  private void choice(Field field, String value, @Nullable String template) {
    if (template == null || packages.isEmpty()) {
      return;
    }
    try {
      if (TemplatePattern.parse(template) instanceof TemplatePattern.One(TemplateId wanted)) {
        List<LedgerPackage> known = packages.stream().filter(p -> p.find(wanted).isPresent()).toList();
        boolean found = known.stream().map(p -> p.templates().get(wanted.name()))
            .anyMatch(t -> t != null && t.choices().containsKey(value));
        if (!known.isEmpty() && !found) {
          wrong(field, "a choice of " + template, value);
        }
      }
    } catch (IllegalArgumentException e) {
      // told where the template is checked
    }
  }

  private void wrong(Field field, String expected, String value) {
    problems.add(field.id() + " must be " + expected + ", is \"" + value + "\"");
  }

  /**
   * Makes the settings record: a component takes the field of its name. Components may be texts, whole and decimal
   * numbers, truth values, parties, template names, {@link Secret}s, enums by constant name, or an {@link Optional} of
   * one of these.
   *
   * @param values as {@link #check} gave them
   * @throws FairwayException with {@code INVALID} and all problems
   */
  public <S extends Record> S bind(Map<String, String> values, Class<S> type) {
    problems.clear();
    RecordComponent[] components = type.getRecordComponents();
    @Nullable
    Object[] arguments = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      String value = values.get(component.getName());
      boolean optional = component.getType() == Optional.class;
      if (value == null && !optional) {
        problems.add(component.getName() + " has no value; name the field in the metadata, give it a default, or make"
            + " the component an Optional");
        continue;
      }
      Class<?> wanted = optional ? inner(component.getGenericType()) : component.getType();
      Object converted = value == null ? null : convert(component.getName(), value, wanted);
      arguments[i] = optional ? Optional.ofNullable(converted) : converted;
    }
    throwProblems();
    try {
      Constructor<S> constructor = type
          .getDeclaredConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new FairwayException(ErrorCode.INVALID, "the settings are refused: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot make " + type.getName() + ": " + e, e);
    }
  }

  private static Class<?> inner(Type type) {
    return type instanceof ParameterizedType parameterized
        && parameterized.getActualTypeArguments()[0] instanceof Class<?> inner ? inner : String.class;
  }

  private @Nullable Object convert(String name, String value, Class<?> type) {
    Object converted = null;
    if (type == String.class) {
      converted = value;
    } else if (type == Secret.class) {
      return new Secret(value);
    } else if (type == long.class || type == Long.class) {
      converted = whole(value).orElse(null);
    } else if (type == int.class || type == Integer.class) {
      converted = whole(value).filter(n -> n == n.intValue()).map(Long::intValue).orElse(null);
    } else if (type == BigDecimal.class) {
      converted = decimal(value).orElse(null);
    } else if (type == boolean.class || type == Boolean.class) {
      converted = (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false"))
          ? Boolean.valueOf(value)
          : null;
    } else if (type.isEnum()) {
      converted = Arrays.stream(type.getEnumConstants()).filter(c -> c.toString().equals(value)).findFirst()
          .orElse(null);
    } else {
      converted = parsed(value, type);
    }
    if (converted == null) {
      problems.add(name + " must be a " + type.getSimpleName() + ", is \"" + value + "\"");
    }
    return converted;
  }

  private static @Nullable Object parsed(String value, Class<?> type) {
    try {
      if (type == Party.class) {
        return new Party(value);
      }
      if (type == TemplateId.class) {
        return TemplateId.parse(value);
      }
      return type == TemplatePattern.class ? TemplatePattern.parse(value) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Optional<Long> whole(String value) {
    try {
      return value.matches("[+-]?[0-9]{1,19}") ? Optional.of(Long.parseLong(value)) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<BigDecimal> decimal(String value) {
    return value.matches("[+-]?([0-9]{1,100}(\\.[0-9]{0,100})?|\\.[0-9]{1,100})")
        ? Optional.of(new BigDecimal(value))
        : Optional.empty();
  }

  private void throwProblems() {
    if (!problems.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, Problems.in("the settings", problems));
    }
  }
}
