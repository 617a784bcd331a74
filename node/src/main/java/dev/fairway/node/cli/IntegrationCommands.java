package dev.fairway.node.cli;

import dev.fairway.automation.project.Project;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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

  /** A command that shows how an integration stands. */
  abstract static class Standing extends FromNode implements Callable<Integer> {
    int standing(JsonNode integration) {
      if (output.json) {
        return shown(integration);
      }
      out().println(integration.path("id").asString() + " is " + integration.path("state").asString()
          + integration.path("error").asStringOpt().map(why -> ": " + why).orElse(""));
      return 0;
    }
  }

  @Command(name = "install", mixinStandardHelpOptions = true, description = "Put a package on a node, in place of any other version of it; with --as also make an integration of it.", footer = {
      "", "Example:", "  fairway integration install hello-desk-0.1.0.dit --as desk --party bob"})
  static final class Install extends Standing {
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
      underWay("installed " + name + " " + installed.path("version").asString());
      JsonNode types = installed.path("types");
      if (type == null && types.size() != 1) {
        throw new FairwayException(ErrorCode.INVALID, name + " has several types; say which with --type: "
            + types.valueStream().map(one -> one.path("id").asString()).toList());
      }
      String chosen = type == null ? types.path(0).path("id").asString() : type;
      return standing(put(remote, id, wanted.body(name + ":" + chosen)));
    }
  }

  private static JsonNode put(Remote remote, String id, ObjectNode body) {
    return remote.expect(remote.send("PUT", "/api/integrations/" + Remote.encode(id),
        BodyPublishers.ofString(body.toString()), Map.of("Content-Type", "application/json")));
  }

  @Command(name = "configure", mixinStandardHelpOptions = true, description = "Make an integration of an installed type, or give one new settings and start it again.", footer = {
      "", "Example:", "  fairway integration configure desk hello-desk:hello-desk --party bob --set greeting=Hello"})
  static final class Configure extends Standing {
    @Parameters(index = "0", paramLabel = "ID", description = "the integration")
    String id = "";
    @Parameters(index = "1", paramLabel = "TYPE", description = "a type the node knows, see integration types")
    String type = "";
    @Option(names = "--stopped", description = "do not start it")
    boolean stopped;
    @Mixin
    Wanted wanted = new Wanted();

    @Override
    public Integer call() throws IOException {
      return standing(put(remote, id, wanted.body(type).put("enabled", !stopped)));
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List a node's integrations.", footer = {"",
      "Example:", "  fairway integration list"})
  static final class ListIntegrations extends FromNode implements Callable<Integer> {
    @Override
    public Integer call() {
      return listed(remote.get("/api/integrations").path("items"), "no integrations", "id", "type", "ledger",
          "party", "state", "calls", "commands", "errors");
    }
  }

  @Command(name = "status", mixinStandardHelpOptions = true, description = "Show an integration: its settings, state and counts.", footer = {
      "", "Example:", "  fairway integration status desk"})
  static final class Status extends FromNode implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "the integration")
    String id = "";

    @Override
    public Integer call() {
      JsonNode integration = remote.get("/api/integrations/" + Remote.encode(id));
      output.object(out(), integration);
      return "running".equals(integration.path("state").asString()) ? 0 : 1;
    }
  }

  /** Something done to an integration. */
  abstract static class Act extends Standing {
    @Parameters(paramLabel = "ID", description = "the integration")
    String id = "";

    abstract String act();

    @Override
    public Integer call() {
      return standing(remote.post("/api/integrations/" + Remote.encode(id) + "/" + act(),
          JsonNodeFactory.instance.objectNode()));
    }
  }

  @Command(name = "start", mixinStandardHelpOptions = true, description = "Start an integration.", footer = {"",
      "Example:", "  fairway integration start desk"})
  static final class Start extends Act {
    @Override
    String act() {
      return "start";
    }
  }

  @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stop an integration; what waits for it is kept.", footer = {
      "", "Example:", "  fairway integration stop desk"})
  static final class Stop extends Act {
    @Override
    String act() {
      return "stop";
    }
  }

  @Command(name = "restart", mixinStandardHelpOptions = true, description = "Stop and start an integration.", footer = {
      "", "Example:", "  fairway integration restart desk"})
  static final class Restart extends Act {
    @Override
    String act() {
      return "restart";
    }
  }

  @Command(name = "remove", mixinStandardHelpOptions = true, description = "Stop an integration and forget it.", footer = {
      "", "Example:", "  fairway integration remove desk"})
  static final class Remove extends FromNode implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "the integration")
    String id = "";

    @Override
    public Integer call() {
      remote.expect(remote.send("DELETE", "/api/integrations/" + Remote.encode(id), BodyPublishers.noBody(), Map.of()));
      return done("removed " + id, Map.of("removed", id));
    }
  }

  @Command(name = "log-level", mixinStandardHelpOptions = true, description = "Set how much an integration logs: 0 runtime, 10 low, 20 high, 50 all.", footer = {
      "", "Example:", "  fairway integration log-level desk 20"})
  static final class LogLevel extends FromNode implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ID", description = "the integration")
    String id = "";
    @Parameters(index = "1", paramLabel = "LEVEL", description = "0 to 50")
    int level;

    @Override
    public Integer call() {
      remote.expect(remote.send("PUT", "/api/integrations/" + Remote.encode(id) + "/log-level",
          BodyPublishers.ofString("{\"log_level\":" + level + "}"), Map.of("Content-Type", "application/json")));
      return done(id + " logs at " + level, Map.of("id", id, "log_level", level));
    }
  }

  @Command(name = "types", mixinStandardHelpOptions = true, description = "List the types of integration a node can run.", footer = {
      "", "Example:", "  fairway integration types"})
  static final class Types extends FromNode implements Callable<Integer> {
    @Override
    public Integer call() {
      return listed(remote.get("/api/integration-types").path("items"), "no types", "type", "name",
          "description");
    }
  }

  @Command(name = "packages", mixinStandardHelpOptions = true, description = "List the packages installed on a node.", footer = {
      "", "Example:", "  fairway integration packages"})
  static final class Packages extends FromNode implements Callable<Integer> {
    @Override
    public Integer call() {
      return listed(remote.get("/api/packages").path("items"), "no packages", "name", "version", "size", "hash",
          "installed_at");
    }
  }

  @Command(name = "uninstall", mixinStandardHelpOptions = true, description = "Take a package off a node.", footer = {
      "", "Example:", "  fairway integration uninstall hello-desk"})
  static final class Uninstall extends FromNode implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "the package")
    String name = "";

    @Override
    public Integer call() {
      remote.expect(remote.send("DELETE", "/api/packages/" + Remote.encode(name), BodyPublishers.noBody(), Map.of()));
      return done("removed " + name, Map.of("removed", name));
    }
  }
}
