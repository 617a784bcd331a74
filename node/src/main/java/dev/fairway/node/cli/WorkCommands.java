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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Shows the work a node has before it, and mends what it set aside. */
public final class WorkCommands {
  private WorkCommands() {}

  @Command(name = "work", mixinStandardHelpOptions = true, description = "Show the work a node has, by kind.", footer = {
      "", "Example:", "  fairway work --json"})
  public static final class Work extends FromNode implements Callable<Integer> {

    @Override
    public Integer call() {
      return listed(remote.get("/api/work").path("items"), "no work", "kind", "waiting",
          "running", "dead", "oldest_due");
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

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List dead letters, newest first.", footer = {
      "", "Example:", "  fairway dead list --kind exchange.post --limit 10"})
  static final class ListDead extends PagesFromNode implements Callable<Integer> {
    @Mixin
    Filter filter = new Filter();

    @Override
    public Integer call() {
      return page("/api/dead", filter.fields(), "no dead letters", "id", "kind", "key", "attempts", "died_at", "cause");
    }
  }

  @Command(name = "groups", mixinStandardHelpOptions = true, description = "Count dead letters by kind and cause.", footer = {
      "", "Example:", "  fairway dead groups"})
  static final class Groups extends FromNode implements Callable<Integer> {

    @Override
    public Integer call() {
      return listed(remote.get("/api/dead/groups").path("items"), "no dead letters",
          "count",
          "kind", "cause");
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Show a dead letter with its payload and every error.", footer = {
      "", "Example:", "  fairway dead show ID"})
  static final class Show extends FromNode implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "the dead letter, as \"dead list\" shows it")
    String id = "";

    @Override
    public Integer call() {
      return shown(remote.get("/api/dead/" + Remote.encode(id)));
    }
  }

  @Command(name = "edit", mixinStandardHelpOptions = true, description = "Replace the payload of a dead letter.", footer = {
      "", "Example:", "  fairway dead edit ID mended.json"})
  static final class Edit extends ToNode implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ID", description = "the dead letter, as \"dead list\" shows it")
    String id = "";
    @Parameters(index = "1", paramLabel = "FILE", description = "the new payload; - for standard input")
    String file = "";

    @Override
    public Integer call() throws java.io.IOException {
      byte[] payload = "-".equals(file) ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
      remote.expect(remote.send("PUT", "/api/dead/" + Remote.encode(id) + "/payload",
          BodyPublishers.ofString(new String(payload, StandardCharsets.UTF_8)),
          Map.of("Content-Type", "application/json")));
      out().println("edited " + id + "; release it with: fairway dead redrive " + id);
      return 0;
    }
  }

  @Command(name = "try", mixinStandardHelpOptions = true, description = "Run a dead letter's handler with its effects held back, and say what it would do.", footer = {
      "", "Example:", "  fairway dead try ID"})
  static final class TryOut extends FromNode implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "the dead letter, as \"dead list\" shows it")
    String id = "";

    @Override
    public Integer call() {
      return shown(remote.post("/api/dead/" + Remote.encode(id) + "/dry-run", JsonNodeFactory.instance.objectNode()));
    }
  }

  @Command(name = "redrive", mixinStandardHelpOptions = true, description = "Release dead letters to be worked on again.", footer = {
      "", "Example:", "  fairway dead redrive --all --kind websub.deliver"})
  static final class Redrive extends ToNode implements Callable<Integer> {
    @Mixin
    Filter filter = new Filter();
    @ArgGroup(multiplicity = "1")
    Target target = new Target();

    @Override
    public Integer call() {
      return act(this, filter, target, "redrive", "released");
    }
  }

  @Command(name = "discard", mixinStandardHelpOptions = true, description = "Drop dead letters for good; the audit keeps that it was done.", footer = {
      "", "Example:", "  fairway dead discard ID"})
  static final class Discard extends ToNode implements Callable<Integer> {
    @Mixin
    Filter filter = new Filter();
    @ArgGroup(multiplicity = "1")
    Target target = new Target();

    @Override
    public Integer call() {
      return act(this, filter, target, "discard", "discarded");
    }
  }

  private static int act(ToNode command, Filter filter, Target target, String act, String done) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (target.id == null) {
      filter.fields().forEach((name, value) -> {
        if (!value.isEmpty()) {
          body.put(name, value);
        }
      });
      JsonNode answer = command.remote.post("/api/dead/" + act, body);
      command.out().println(answer.path("count").asInt() + " " + done);
    } else {
      command.remote.post("/api/dead/" + Remote.encode(target.id) + "/" + act, body);
      command.out().println(done + " " + target.id);
    }
    return 0;
  }
}
