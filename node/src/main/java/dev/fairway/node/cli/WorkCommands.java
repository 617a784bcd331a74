package dev.fairway.node.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Shows the work a node has before it, and mends what it set aside. */
public final class WorkCommands {
  private WorkCommands() {}

  @Command(name = "work", mixinStandardHelpOptions = true, description = "Show the work a node has, by kind.")
  public static final class Work implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      output.table(spec.commandLine().getOut(), remote.get("/api/work").path("items"), "no work", "kind", "waiting",
          "running", "dead", "oldest_due");
      return 0;
    }
  }

  @Command(name = "dead", description = "List, show, edit, try, redrive and discard dead letters.", subcommands = {
      ListDead.class, Groups.class, Show.class, Edit.class, TryOut.class, Redrive.class, Discard.class})
  public static final class Dead {}

  /** Which dead letters are meant. */
  static final class Filter {
    @Option(names = "--kind", description = "only of this kind of work")
    String kind = "";
    @Option(names = "--key", description = "only with this key")
    String key = "";
    @Option(names = "--text", description = "only where an error holds this text")
    String text = "";

    Map<String, String> fields() {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("kind", kind);
      fields.put("key", key);
      fields.put("text", text);
      return fields;
    }
  }

  /** One dead letter, or all that a filter names. */
  static final class Target {
    @Parameters(paramLabel = "ID", description = "one dead letter")
    @Nullable
    String id;
    @Option(names = "--all", description = "all dead letters that the filter names")
    boolean all;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List dead letters, newest first.")
  static final class ListDead implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Mixin
    Filter filter = new Filter();
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Option(names = "--limit", defaultValue = "50", description = "at most so many, up to 500 (default: ${DEFAULT-VALUE})")
    int limit;
    @Option(names = "--cursor", description = "go on where the last list ended")
    String cursor = "";

    @Override
    public Integer call() {
      Map<String, String> fields = filter.fields();
      fields.put("limit", Integer.toString(limit));
      fields.put("cursor", cursor);
      JsonNode answer = remote.get("/api/dead?" + Remote.query(fields));
      output.table(spec.commandLine().getOut(), answer.path("items"), "no dead letters", "id", "kind", "key",
          "attempts",
          "died_at", "cause");
      if (!output.json && answer.path("next_cursor").isString()) {
        spec.commandLine().getOut().println("more: --cursor " + answer.path("next_cursor").stringValue());
      }
      return 0;
    }
  }

  @Command(name = "groups", mixinStandardHelpOptions = true, description = "Count dead letters by kind and cause.")
  static final class Groups implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      output.table(spec.commandLine().getOut(), remote.get("/api/dead/groups").path("items"), "no dead letters",
          "count",
          "kind", "cause");
      return 0;
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Show a dead letter with its payload and every error.")
  static final class Show implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Parameters(paramLabel = "ID")
    String id = "";

    @Override
    public Integer call() {
      output.object(spec.commandLine().getOut(), remote.get("/api/dead/" + Remote.encode(id)));
      return 0;
    }
  }

  @Command(name = "edit", mixinStandardHelpOptions = true, description = "Replace the payload of a dead letter.")
  static final class Edit implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Parameters(index = "0", paramLabel = "ID")
    String id = "";
    @Parameters(index = "1", paramLabel = "FILE", description = "the new payload; - for standard input")
    String file = "";

    @Override
    public Integer call() throws java.io.IOException {
      byte[] payload = "-".equals(file) ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
      remote.expect(remote.send("PUT", "/api/dead/" + Remote.encode(id) + "/payload",
          BodyPublishers.ofString(new String(payload, StandardCharsets.UTF_8)),
          Map.of("Content-Type", "application/json")));
      spec.commandLine().getOut().println("edited " + id + "; release it with: fairway dead redrive " + id);
      return 0;
    }
  }

  @Command(name = "try", mixinStandardHelpOptions = true, description = "Run a dead letter's handler with its effects held back, and say what it would do.")
  static final class TryOut implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Parameters(paramLabel = "ID")
    String id = "";

    @Override
    public Integer call() {
      output.object(spec.commandLine().getOut(),
          remote.post("/api/dead/" + Remote.encode(id) + "/dry-run", JsonNodeFactory.instance.objectNode()));
      return 0;
    }
  }

  @Command(name = "redrive", mixinStandardHelpOptions = true, description = "Release dead letters to be worked on again.")
  static final class Redrive implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Filter filter = new Filter();
    @ArgGroup(multiplicity = "1")
    Target target = new Target();
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      return act(remote, spec, filter, target, "redrive", "released");
    }
  }

  @Command(name = "discard", mixinStandardHelpOptions = true, description = "Drop dead letters for good; the audit keeps that it was done.")
  static final class Discard implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Filter filter = new Filter();
    @ArgGroup(multiplicity = "1")
    Target target = new Target();
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      return act(remote, spec, filter, target, "discard", "discarded");
    }
  }

  private static int act(Remote remote, CommandSpec spec, Filter filter, Target target, String act, String done) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (target.id == null) {
      filter.fields().forEach((name, value) -> {
        if (!value.isEmpty()) {
          body.put(name, value);
        }
      });
      JsonNode answer = remote.post("/api/dead/" + act, body);
      spec.commandLine().getOut().println(answer.path("count").asInt() + " " + done);
    } else {
      remote.post("/api/dead/" + Remote.encode(target.id) + "/" + act, body);
      spec.commandLine().getOut().println(done + " " + target.id);
    }
    return 0;
  }
}
