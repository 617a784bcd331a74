package dev.fairway.node.config;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a node. Readers take what they need from {@link #root}; then {@link #check} tells every problem at
 * once: values that break a rule, and keys nobody asked for. Used by one thread, at start.
 */
public final class Settings {
  private final List<Problem> problems = new ArrayList<>();
  private final SequencedMap<String, Described> described = new LinkedHashMap<>();
  private final List<InForce> inForce = new ArrayList<>();
  private final List<Section> read = new ArrayList<>();
  private final Section root;

  private Settings(UnaryOperator<@Nullable String> environment, String label, String yaml, Path base,
      Map<String, String> commandLine) {
    Tree.Branch tree = new YamlSource(label, environment, problems).parse(yaml);
    commandLine.forEach((option, value) -> override(tree, option, value));
    root = new Section(this, "", tree, base);
  }

  /**
   * Reads a file.
   *
   * @param file none means that everything has its default
   * @param commandLine values that win over the file, by key; {@code listen} was given as {@code --listen}
   * @throws FairwayException with {@code CONFIGURATION} when the file cannot be read or is not YAML
   */
  public static Settings load(Optional<Path> file, Map<String, String> commandLine,
      UnaryOperator<@Nullable String> environment) {
    if (file.isEmpty()) {
      return new Settings(environment, "defaults", "", Path.of("").toAbsolutePath(), commandLine);
    }
    Path path = file.get().toAbsolutePath();
    Path parent = path.getParent();
    try {
      return new Settings(environment, String.valueOf(path.getFileName()), Files.readString(path),
          parent == null ? path : parent, commandLine);
    } catch (NoSuchFileException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "there is no configuration file " + path, e);
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "cannot read the configuration file " + path + ": " + Why.inWords(e), e);
    }
  }

  /** Settings from a text, as if it stood in a file of that name; relative paths start at {@code base}. */
  public static Settings of(String label, String yaml, Path base, UnaryOperator<@Nullable String> environment) {
    return new Settings(environment, label, yaml, base, Map.of());
  }

  private static void override(Tree.Branch tree, String key, String value) {
    Map<String, Tree> at = tree.children();
    String[] names = key.split("\\.", -1);
    Origin origin = new Origin("--" + names[names.length - 1]);
    for (int i = 0; i < names.length - 1; i++) {
      Tree next = at.get(names[i]);
      if (!(next instanceof Tree.Branch)) {
        next = Tree.Branch.empty(origin);
        at.put(names[i], next);
      }
      at = ((Tree.Branch) next).children();
    }
    at.put(names[names.length - 1], new Tree.Leaf(value, origin));
  }

  public Section root() {
    return root;
  }

  /**
   * Call when everything has been read.
   *
   * @throws FairwayException with {@code CONFIGURATION} and every problem, one a line
   */
  public void check() {
    read.forEach(Section::reportUnread);
    if (problems.isEmpty()) {
      return;
    }
    int width = problems.stream().mapToInt(problem -> problem.key().length()).max().orElse(0);
    int textWidth = problems.stream().mapToInt(problem -> problem.text().length()).max().orElse(0);
    StringBuilder text = new StringBuilder(problems.size() == 1
        ? "1 problem in the configuration:"
        : problems.size() + " problems in the configuration:");
    for (Problem problem : problems) {
      text.append("\n  ").append(pad(problem.key(), width)).append("  ").append(pad(problem.text(), textWidth))
          .append("  ").append(problem.origin());
    }
    throw new FairwayException(ErrorCode.CONFIGURATION, text.toString());
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  /** Every setting asked for so far, in the order of asking. */
  public List<Described> described() {
    return List.copyOf(described.values());
  }

  /** Every value asked for so far, by key; secrets are masked. */
  public List<InForce> inForce() {
    return inForce.stream().sorted(Comparator.comparing(InForce::key)).toList();
  }

  void opened(Section section) {
    read.add(section);
  }

  void problem(String key, String text, Origin origin) {
    problems.add(new Problem(key, text, origin));
  }

  void describe(Described setting) {
    described.putIfAbsent(setting.key(), setting);
  }

  void took(String key, String value, Origin origin) {
    inForce.add(new InForce(key, value, origin.text()));
  }
}
