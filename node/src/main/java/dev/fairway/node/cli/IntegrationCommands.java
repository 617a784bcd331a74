package dev.fairway.node.cli;

import dev.fairway.automation.project.Project;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Integrations: an author's project, and what a node runs. */
@Command(name = "integration", description = "Make, build and pack integrations; install, configure, start and stop them on a node.", subcommands = {
    ProjectCommands.New.class, ProjectCommands.BuildPackage.class, ProjectCommands.Show.class,
    ProjectCommands.Inspect.class,
    ProjectCommands.GenArgs.class, ProjectCommands.TargetName.class, ProjectCommands.Version.class,
    ProjectCommands.Release.class, ProjectCommands.Clean.class, RunCommand.class, IntegrationCommands.Install.class,
    IntegrationCommands.Configure.class, IntegrationCommands.ListIntegrations.class, IntegrationCommands.Status.class,
    IntegrationCommands.Start.class, IntegrationCommands.Stop.class, IntegrationCommands.Restart.class,
    IntegrationCommands.Remove.class, IntegrationCommands.LogLevel.class, IntegrationCommands.Types.class,
    IntegrationCommands.Packages.class, IntegrationCommands.Uninstall.class})
public final class IntegrationCommands {
  /** What every command to a node has. */
  abstract static class ToNode {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();

    PrintWriter out() {
      return spec.commandLine().getOut();
    }
  }

  /** With what an integration is to run. */
  public static final class Wanted {
    @Option(names = "--party", paramLabel = "PARTY", description = "whom it acts and reads as on the ledger")
    @Nullable
    String party;
    @Option(names = "--ledger", paramLabel = "NAME", defaultValue = "local", description = "the ledger it works on (default: the node's own)")
    String ledger = "local";
    @Option(names = "--set", paramLabel = "FIELD=VALUE", description = "a setting; repeatable, wins over the file")
    Map<String, String> set = new LinkedHashMap<>();
    @Option(names = "--args-file", paramLabel = "FILE", description = "settings, as genargs writes them")
    @Nullable
    Path argsFile;

    /** The body that makes an integration of a type. */
    public ObjectNode body(String type) throws IOException {
      if (party == null) {
        throw new FairwayException(ErrorCode.INVALID, "--party is needed: whom the integration acts as");
      }
      ObjectNode body = JsonNodeFactory.instance.objectNode().put("type", type).put("ledger", ledger).put("party",
          party);
      ObjectNode settings = body.putObject("settings");
      if (argsFile != null) {
        Project.readArguments(Files.readString(argsFile)).forEach(settings::put);
      }
      set.forEach(settings::put);
      return body;
    }
  }

  private static void shown(Output output, PrintWriter out, JsonNode integration) {
    if (output.json) {
      output.object(out, integration);
      return;
    }
    out.println(integration.path("id").asString() + " is " + integration.path("state").asString()
        + integration.path("error").asStringOpt().map(why -> ": " + why).orElse(""));
  }

  @Command(name = "install", mixinStandardHelpOptions = true, description = "Put a package on a node, in place of any other version of it; with --as also make an integration of it.")
  static final class Install extends ToNode implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "a built package, NAME-VERSION.dit")
    Path file = Path.of("");
    @Option(names = "--as", paramLabel = "ID", description = "make and start an integration of that id")
    @Nullable
    String id;
    @Option(names = "--type", paramLabel = "TYPE", description = "its type; needed when the package has several")
    @Nullable
    String type;
    @Mixin
    Wanted wanted = new Wanted();

    @Override
    public Integer call() throws IOException {
      if (!Files.isRegularFile(file)) {
        throw new FairwayException(ErrorCode.INVALID, "no file " + file);
      }
      JsonNode installed = remote.expect(remote.send("POST", "/api/packages", BodyPublishers.ofFile(file),
          Map.of("Content-Type", "application/octet-stream")));
      String name = installed.path("name").asString();
      if (id == null) {
        output.object(out(), installed);
        return 0;
      }
      out().println("installed " + name + " " + installed.path("version").asString());
      JsonNode types = installed.path("types");
      if (type == null && types.size() != 1) {
        throw new FairwayException(ErrorCode.INVALID, name + " has several types; say which with --type: "
            + types.valueStream().map(one -> one.path("id").asString()).toList());
      }
      String chosen = type == null ? types.path(0).path("id").asString() : type;
      shown(output, out(), put(remote, id, wanted.body(name + ":" + chosen)));
      return 0;
    }
  }

  private static JsonNode put(Remote remote, String id, ObjectNode body) {
    return remote.expect(remote.send("PUT", "/api/integrations/" + Remote.encode(id),
        BodyPublishers.ofString(body.toString()), Map.of("Content-Type", "application/json")));
  }

  @Command(name = "configure", mixinStandardHelpOptions = true, description = "Make an integration of an installed type, or give one new settings and start it again.")
  static final class Configure extends ToNode implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ID")
    String id = "";
    @Parameters(index = "1", paramLabel = "TYPE", description = "a type the node knows, see integration types")
    String type = "";
    @Option(names = "--stopped", description = "do not start it")
    boolean stopped;
    @Mixin
    Wanted wanted = new Wanted();

    @Override
    public Integer call() throws IOException {
      shown(output, out(), put(remote, id, wanted.body(type).put("enabled", !stopped)));
      return 0;
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List a node's integrations.")
  static final class ListIntegrations extends ToNode implements Callable<Integer> {
    @Override
    public Integer call() {
      output.table(out(), remote.get("/api/integrations").path("items"), "no integrations", "id", "type", "ledger",
          "party", "state", "calls", "commands", "errors");
      return 0;
    }
  }

  @Command(name = "status", mixinStandardHelpOptions = true, description = "Show an integration: its settings, state and counts.")
  static final class Status extends ToNode implements Callable<Integer> {
    @Parameters(paramLabel = "ID")
    String id = "";

    @Override
    public Integer call() {
      JsonNode integration = remote.get("/api/integrations/" + Remote.encode(id));
      output.object(out(), integration);
      return "running".equals(integration.path("state").asString()) ? 0 : 1;
    }
  }

  /** Something done to an integration. */
  abstract static class Act extends ToNode implements Callable<Integer> {
    @Parameters(paramLabel = "ID")
    String id = "";

    abstract String act();

    @Override
    public Integer call() {
      shown(output, out(), remote.post("/api/integrations/" + Remote.encode(id) + "/" + act(),
          JsonNodeFactory.instance.objectNode()));
      return 0;
    }
  }

  @Command(name = "start", mixinStandardHelpOptions = true, description = "Start an integration.")
  static final class Start extends Act {
    @Override
    String act() {
      return "start";
    }
  }

  @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stop an integration; what waits for it is kept.")
  static final class Stop extends Act {
    @Override
    String act() {
      return "stop";
    }
  }

  @Command(name = "restart", mixinStandardHelpOptions = true, description = "Stop and start an integration.")
  static final class Restart extends Act {
    @Override
    String act() {
      return "restart";
    }
  }

  @Command(name = "remove", mixinStandardHelpOptions = true, description = "Stop an integration and forget it.")
  static final class Remove extends ToNode implements Callable<Integer> {
    @Parameters(paramLabel = "ID")
    String id = "";

    @Override
    public Integer call() {
      remote.expect(remote.send("DELETE", "/api/integrations/" + Remote.encode(id), BodyPublishers.noBody(), Map.of()));
      out().println("removed " + id);
      return 0;
    }
  }

  @Command(name = "log-level", mixinStandardHelpOptions = true, description = "Set how much an integration logs: 0 runtime, 10 low, 20 high, 50 all.")
  static final class LogLevel extends ToNode implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ID")
    String id = "";
    @Parameters(index = "1", paramLabel = "LEVEL", description = "0 to 50")
    int level;

    @Override
    public Integer call() {
      remote.expect(remote.send("PUT", "/api/integrations/" + Remote.encode(id) + "/log-level",
          BodyPublishers.ofString("{\"log_level\":" + level + "}"), Map.of("Content-Type", "application/json")));
      out().println(id + " logs at " + level);
      return 0;
    }
  }

  @Command(name = "types", mixinStandardHelpOptions = true, description = "List the types of integration a node can run.")
  static final class Types extends ToNode implements Callable<Integer> {
    @Override
    public Integer call() {
      output.table(out(), remote.get("/api/integration-types").path("items"), "no types", "type", "name",
          "description");
      return 0;
    }
  }

  @Command(name = "packages", mixinStandardHelpOptions = true, description = "List the packages installed on a node.")
  static final class Packages extends ToNode implements Callable<Integer> {
    @Override
    public Integer call() {
      output.table(out(), remote.get("/api/packages").path("items"), "no packages", "name", "version", "size", "hash",
          "installed_at");
      return 0;
    }
  }

  @Command(name = "uninstall", mixinStandardHelpOptions = true, description = "Take a package off a node.")
  static final class Uninstall extends ToNode implements Callable<Integer> {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Override
    public Integer call() {
      remote.expect(remote.send("DELETE", "/api/packages/" + Remote.encode(name), BodyPublishers.noBody(), Map.of()));
      out().println("removed " + name);
      return 0;
    }
  }
}
