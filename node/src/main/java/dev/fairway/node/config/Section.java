package dev.fairway.node.config;

import dev.fairway.core.Secret;
import dev.fairway.core.Why;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A part of the settings. Reading a key declares it; a value that breaks its rule is noted as a problem and the default is
 * answered instead, so that one run finds every problem.
 */
public final class Section {
  private final Settings settings;
  private final String path;
  private final Tree.Branch tree;
  private final Path base;
  private final Set<String> known = new LinkedHashSet<>();

  Section(Settings settings, String path, Tree.Branch tree, Path base) {
    this.settings = settings;
    this.path = path;
    this.tree = tree;
    this.base = base;
    settings.opened(this);
  }

  public boolean has(String key) {
    return tree.children().containsKey(key);
  }

  public Optional<String> text(String key, String description) {
    return value(key, "text", "", description, text -> text);
  }

  public String text(String key, String standard, String description) {
    return value(key, "text", standard, description, text -> text).orElse(standard);
  }

  /** A text that must be there. */
  public String required(String key, String description) {
    Optional<String> value = value(key, "text", "(required)", description, text -> text)
        .filter(text -> !text.isBlank());
    if (value.isEmpty()) {
      settings.problem(name(key), "is missing: " + description, tree.origin());
    }
    return value.orElse("");
  }

  public int integer(String key, int standard, int least, int most, String description) {
    return value(key, least + " to " + most, Integer.toString(standard), description, text -> {
      int number;
      try {
        number = Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("is not a whole number; write " + least + " to " + most, e);
      }
      if (number < least || number > most) {
        throw new IllegalArgumentException("is out of range; write " + least + " to " + most);
      }
      return number;
    }).orElse(standard);
  }

  public boolean flag(String key, boolean standard, String description) {
    return value(key, "true or false", Boolean.toString(standard), description, text -> switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("is neither true nor false");
    }).orElse(standard);
  }

  /** A time span such as {@code 30s}, {@code 5m} or {@code 1h}. */
  public Duration duration(String key, String standard, String least, String most, String description) {
    return value(key, "duration, " + least + " to " + most, standard, description, text -> {
      Duration value = Notation.duration(text);
      if (value.compareTo(Notation.duration(least)) < 0 || value.compareTo(Notation.duration(most)) > 0) {
        throw new IllegalArgumentException("is out of range; write " + least + " to " + most);
      }
      return value;
    }).orElseGet(() -> Notation.duration(standard));
  }

  /** A number of bytes such as {@code 30 MiB}. */
  public long size(String key, String standard, String description) {
    return value(key, "size", standard, description, Notation::size).orElseGet(() -> Notation.size(standard));
  }

  public <E extends Enum<E>> E choice(String key, E standard, String description) {
    Class<E> type = standard.getDeclaringClass();
    String words = Stream.of(type.getEnumConstants()).map(Notation::word).collect(Collectors.joining(", "));
    return value(key, words, Notation.word(standard), description, text -> {
      for (E constant : type.getEnumConstants()) {
        if (Notation.word(constant).equals(text)) {
          return constant;
        }
      }
      throw new IllegalArgumentException("is not one of " + words);
    }).orElse(standard);
  }

  /** A path; a relative one starts at the folder of the settings file. */
  public Path path(String key, String standard, String description) {
    return value(key, "path", standard, description, text -> base.resolve(text).normalize())
        .orElseGet(() -> base.resolve(standard).normalize());
  }

  public Optional<Path> path(String key, String description) {
    return value(key, "path", "", description, text -> base.resolve(text).normalize());
  }

  /** An absolute http or https address. */
  public Optional<URI> url(String key, String description) {
    return value(key, "URL", "", description, Notation::url);
  }

  public List<String> texts(String key, String description) {
    declare(key, "list of texts", "", description);
    return switch (tree.children().get(key)) {
      case null -> List.of();
      case Tree.Leaf leaf -> List.of(leaf.text());
      case Tree.Row row -> row.items().stream().flatMap(item -> {
        if (item instanceof Tree.Leaf leaf) {
          return Stream.of(leaf.text());
        }
        settings.problem(name(key), "must be a list of texts", item.origin());
        return Stream.empty();
      }).toList();
      case Tree.Branch branch -> {
        settings.problem(name(key), "must be a list: write [a, b]", branch.origin());
        yield List.of();
      }
    };
  }

  /** A secret: {@code {file: PATH}}, or the value itself; better filled in from the environment than written down. */
  public Optional<Secret> secret(String key, String description) {
    declare(key, "secret, or {file: PATH}", "", description);
    Tree written = tree.children().get(key);
    Optional<Secret> secret = switch (written) {
      case null -> Optional.empty();
      case Tree.Leaf leaf -> Optional.of(new Secret(leaf.text()));
      case Tree.Branch branch when branch.children().get("file") instanceof Tree.Leaf leaf
          && branch.children().size() == 1 ->
        secretFile(key, leaf);
      case Tree other -> {
        settings.problem(name(key), "must be a text, or {file: PATH}", other.origin());
        yield Optional.empty();
      }
    };
    if (secret.isPresent() && written != null) {
      settings.took(name(key), "***", written.origin());
    }
    return secret;
  }

  private Optional<Secret> secretFile(String key, Tree.Leaf leaf) {
    Path file = base.resolve(leaf.text());
    try {
      return Optional.of(new Secret(Files.readString(file).strip()));
    } catch (IOException e) {
      settings.problem(name(key), "cannot read the secret from " + file + ": " + Why.inWords(e),
          leaf.origin());
      return Optional.empty();
    }
  }

  /** A part below this one; empty when it is not written. */
  public Section section(String key) {
    known.add(key);
    return switch (tree.children().get(key)) {
      case null -> new Section(settings, name(key), Tree.Branch.empty(tree.origin()), base);
      case Tree.Branch branch -> new Section(settings, name(key), branch, base);
      case Tree other -> {
        settings.problem(name(key), "must hold settings of its own, as \"name: value\" lines", other.origin());
        yield new Section(settings, name(key), Tree.Branch.empty(other.origin()), base);
      }
    };
  }

  /** Parts whose names the operator chooses, in the order written. */
  public Map<String, Section> named(String key) {
    Map<String, Section> sections = new LinkedHashMap<>();
    Section parent = section(key);
    for (String name : parent.tree.children().keySet()) {
      sections.put(name, parent.section(name));
    }
    return sections;
  }

  /** Parts whose names the operator chooses; one that is written as a plain text has it under {@code only}. */
  public Map<String, Section> named(String key, String only) {
    Map<String, Section> sections = new LinkedHashMap<>();
    Section parent = section(key);
    parent.tree.children().forEach((name, value) -> {
      if (value instanceof Tree.Leaf leaf) {
        parent.known.add(name);
        sections.put(name,
            new Section(settings, parent.name(name), new Tree.Branch(Map.of(only, leaf), leaf.origin()), base));
      } else {
        sections.put(name, parent.section(name));
      }
    });
    return sections;
  }

  /** Whether settings of their own are written under the key. */
  public boolean isSection(String key) {
    return tree.children().get(key) instanceof Tree.Branch;
  }

  /** The folder relative paths start at. */
  public Path base() {
    return base;
  }

  /**
   * Texts whose names the operator chooses, in the order written; each may be {@code {file: PATH}}. What a name stands for
   * is not known here, it may be a secret: so none is shown.
   */
  public Map<String, String> namedTexts(String key, String description) {
    declare(key, "text by name", "", description);
    Map<String, String> texts = new LinkedHashMap<>();
    Section parent = section(key);
    for (String name : parent.tree.children().keySet()) {
      parent.secret(name, description).ifPresent(text -> texts.put(name, text.reveal()));
    }
    return texts;
  }

  /** A list of parts. */
  public List<Section> items(String key) {
    known.add(key);
    List<Section> sections = new ArrayList<>();
    switch (tree.children().get(key)) {
      case null -> {
        return List.of();
      }
      case Tree.Row row -> {
        for (Tree item : row.items()) {
          String itemPath = name(key) + "[" + sections.size() + "]";
          if (item instanceof Tree.Branch branch) {
            sections.add(new Section(settings, itemPath, branch, base));
          } else {
            settings.problem(itemPath, "must be of the form { name: value }", item.origin());
          }
        }
      }
      case Tree other ->
        settings.problem(name(key), "must be a list: write lines that begin with \"- \"", other.origin());
    }
    return sections;
  }

  /** Notes a problem of this part that no single value shows. */
  public void problem(String key, String text) {
    Tree at = tree.children().getOrDefault(key, tree);
    settings.problem(name(key), text, at.origin());
  }

  /** The dotted name of a key of this part. */
  public String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private <T> Optional<T> value(String key, String type, String standard, String description,
      Function<String, T> parse) {
    declare(key, type, standard, description);
    switch (tree.children().get(key)) {
      case null -> {
        if (!standard.isEmpty() && !standard.startsWith("(")) {
          settings.took(name(key), standard, Origin.DEFAULT);
        }
        return Optional.empty();
      }
      case Tree.Leaf leaf -> {
        try {
          T value = parse.apply(leaf.text());
          settings.took(name(key), leaf.text(), leaf.origin());
          return Optional.of(value);
        } catch (IllegalArgumentException e) {
          settings.problem(name(key), "\"" + leaf.text() + "\" " + e.getMessage(), leaf.origin());
          return Optional.empty();
        }
      }
      case Tree other -> {
        settings.problem(name(key), "must be one value (" + type + ")", other.origin());
        return Optional.empty();
      }
    }
  }

  private void declare(String key, String type, String standard, String description) {
    known.add(key);
    settings.describe(new Described(name(key), type, standard, description));
  }

  void reportUnread() {
    tree.children().forEach((key, value) -> {
      if (!known.contains(key)) {
        String hint = Spelling.nearest(key, known).map(nearest -> "; did you mean " + name(nearest) + "?").orElse("");
        settings.problem(name(key), "no such setting" + hint, value.origin());
      }
    });
  }
}
