package dev.fairway.node.config;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads YAML 1.2 with line numbers, and fills in {@code ${NAME}} and {@code ${NAME:-default}} from the environment. */
final class YamlSource {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");
  private static final int NESTING_LIMIT = 50;

  private final String file;
  private final UnaryOperator<@Nullable String> environment;
  private final List<Problem> problems;

  YamlSource(String file, UnaryOperator<@Nullable String> environment, List<Problem> problems) {
    this.file = file;
    this.environment = environment;
    this.problems = problems;
  }

  /** @throws FairwayException with {@code CONFIGURATION} when the text is not YAML, or not a mapping */
  Tree.Branch parse(String yaml) {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file).setAllowDuplicateKeys(false)
          .setMaxAliasesForCollections(10).build();
      Optional<Node> root = new Compose(settings).composeString(yaml);
      if (root.isEmpty()) {
        return Tree.Branch.empty(Origin.line(file, 1));
      }
      if (convert(root.get(), "", 0) instanceof Tree.Branch branch) {
        return branch;
      }
      throw new FairwayException(ErrorCode.CONFIGURATION,
          file + ": the file must hold \"name: value\" lines; see docs/reference/settings.md");
    } catch (YamlEngineException e) {
      throw new FairwayException(ErrorCode.CONFIGURATION, file + " is not YAML: " + e.getMessage(), e);
    }
  }

  private Tree convert(Node node, String path, int depth) {
    Origin origin = Origin.line(file, node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1));
    if (depth > NESTING_LIMIT) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          origin + ": settings are nested deeper than " + NESTING_LIMIT + " levels");
    }
    return switch (node) {
      case ScalarNode scalar -> new Tree.Leaf(fill(scalar.getValue(), path, origin), origin);
      case SequenceNode sequence -> {
        List<Tree> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          items.add(convert(item, path + "[" + items.size() + "]", depth + 1));
        }
        yield new Tree.Row(items, origin);
      }
      case MappingNode mapping -> {
        Map<String, Tree> children = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
          if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            problems.add(new Problem(path.isEmpty() ? "(top)" : path, "a name must be plain text", origin));
            continue;
          }
          String name = key.getValue();
          String child = path.isEmpty() ? name : path + "." + name;
          if (children.put(name, convert(tuple.getValueNode(), child, depth + 1)) != null) {
            problems.add(new Problem(child, "is written twice; keep one", origin));
          }
        }
        yield new Tree.Branch(children, origin);
      }
      default -> throw new FairwayException(ErrorCode.CONFIGURATION,
          origin + ": unsupported YAML node " + node.getNodeType());
    };
  }

  private String fill(String text, String path, Origin origin) {
    if (!text.contains("${")) {
      return text;
    }
    Matcher matcher = PLACEHOLDER.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1);
      String fallback = matcher.group(2);
      String value = environment.apply(name);
      if (value == null && fallback == null) {
        problems.add(new Problem(path, "the environment has no " + name + "; set it, or write ${" + name + ":-default}",
            origin));
        value = "";
      }
      matcher.appendReplacement(filled, Matcher.quoteReplacement(value == null ? fallback : value));
    }
    return matcher.appendTail(filled).toString();
  }
}
