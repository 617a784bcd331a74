package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A look at the ledgers a node is connected to, and commands by hand. */
@Command(name = "ledger", description = "List parties, packages and contracts of a node's ledgers; create and exercise by hand.", subcommands = {
    LedgerCommands.ListLedgers.class, LedgerCommands.Parties.class, LedgerCommands.Allocate.class,
    LedgerCommands.Packages.class, LedgerCommands.Upload.class, LedgerCommands.Contracts.class,
    LedgerCommands.Create.class, LedgerCommands.Exercise.class})
public final class LedgerCommands {
  private LedgerCommands() {}

  /** What every command on a ledger has. */
  abstract static class OnLedger extends FromNode implements Callable<Integer> {
    @Option(names = "--ledger", paramLabel = "NAME", defaultValue = "local", description = "which ledger (default: the node's own)")
    String ledger = "local";

    String path(String rest) {
      return "/api/ledgers/" + Remote.encode(ledger) + rest;
    }

    int submit(String party, String kind, ObjectNode command) {
      ObjectNode body = JsonNodeFactory.instance.objectNode().put("party", party);
      body.putArray("commands").addObject().set(kind, command);
      return shown(remote.post(path("/commands"), body));
    }
  }

  /** JSON given as it is, or in a file behind an @. */
  static JsonNode json(String given) throws IOException {
    try {
      return Remote.JSON.readTree(given.startsWith("@") ? Files.readString(Path.of(given.substring(1))) : given);
    } catch (JacksonException e) {
      throw new FairwayException(ErrorCode.INVALID, "not JSON: " + e.getOriginalMessage(), e);
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List the ledgers.", footer = {"", "Example:",
      "  fairway ledger list"})
  static final class ListLedgers extends FromNode implements Callable<Integer> {
    @Override
    public Integer call() {
      return listed(remote.get("/api/ledgers").path("items"), "no ledgers", "name");
    }
  }

  @Command(name = "parties", mixinStandardHelpOptions = true, description = "List parties.", footer = {"", "Example:",
      "  fairway ledger parties"})
  static final class Parties extends OnLedger {
    @Override
    public Integer call() {
      return listed(remote.get(path("/parties")).path("items"), "no parties", "party");
    }
  }

  @Command(name = "allocate", mixinStandardHelpOptions = true, description = "Make a party.", footer = {"", "Example:",
      "  fairway ledger allocate alice"})
  static final class Allocate extends OnLedger {
    @Parameters(paramLabel = "HINT", description = "what its name is, or begins with")
    String hint = "";

    @Override
    public Integer call() {
      String party = remote.post(path("/parties"), JsonNodeFactory.instance.objectNode().put("hint", hint))
          .path("party").asString();
      return done(party, Map.of("party", party));
    }
  }

  @Command(name = "packages", mixinStandardHelpOptions = true, description = "List packages and their templates.", footer = {
      "", "Example:", "  fairway ledger packages"})
  static final class Packages extends OnLedger {
    @Override
    public Integer call() {
      return listed(remote.get(path("/packages")).path("items"), "no packages", "name", "version", "id",
          "templates");
    }
  }

  @Command(name = "upload", mixinStandardHelpOptions = true, description = "Give the ledger a package: templates as YAML for the node's own, a DAR for a Daml ledger.", footer = {
      "", "Example:", "  fairway ledger upload templates.yaml"})
  static final class Upload extends OnLedger {
    @Parameters(paramLabel = "FILE", description = "templates.yaml, or a DAR")
    Path file = Path.of("");

    @Override
    public Integer call() throws IOException {
      remote.expect(remote.send("POST", path("/packages"), BodyPublishers.ofByteArray(Files.readAllBytes(file)),
          Map.of("Content-Type", "application/octet-stream")));
      return done("uploaded " + file.getFileName(), Map.of("uploaded", file.getFileName().toString()));
    }
  }

  @Command(name = "contracts", mixinStandardHelpOptions = true, description = "List the active contracts that a party sees.", footer = {
      "", "Example:", "  fairway ledger contracts --party alice --template HelloDesk:Greeting"})
  static final class Contracts extends OnLedger {
    @Option(names = "--party", required = true, description = "who looks")
    String party = "";
    @Option(names = "--template", paramLabel = "MODULE:ENTITY", description = "only of this template")
    String template = "";

    @Override
    public Integer call() {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("party", party);
      query.put("template", template);
      return listed(remote.get(path("/contracts?" + Remote.query(query))).path("items"), "no contracts",
          "contract", "template", "payload");
    }
  }

  @Command(name = "create", mixinStandardHelpOptions = true, description = "Create a contract.", footer = {"",
      "Example:", "  fairway ledger create HelloDesk:Visitor @visitor.json --party alice"})
  static final class Create extends OnLedger {
    @Parameters(index = "0", paramLabel = "TEMPLATE", description = "Module:Entity")
    String template = "";
    @Parameters(index = "1", paramLabel = "JSON", description = "the payload, or @FILE")
    String payload = "";
    @Option(names = "--party", required = true, description = "who creates it")
    String party = "";

    @Override
    public Integer call() throws IOException {
      ObjectNode command = JsonNodeFactory.instance.objectNode().put("template", template);
      command.set("payload", json(payload));
      return submit(party, "create", command);
    }
  }

  @Command(name = "exercise", mixinStandardHelpOptions = true, description = "Exercise a choice of a contract.", footer = {
      "", "Example:", "  fairway ledger exercise HelloDesk:Visitor CONTRACT Leave --party alice"})
  static final class Exercise extends OnLedger {
    @Parameters(index = "0", paramLabel = "TEMPLATE", description = "Module:Entity")
    String template = "";
    @Parameters(index = "1", paramLabel = "CONTRACT", description = "the contract, as \"ledger contracts\" shows it")
    String contract = "";
    @Parameters(index = "2", paramLabel = "CHOICE", description = "the choice's name")
    String choice = "";
    @Parameters(index = "3", paramLabel = "JSON", defaultValue = "{}", description = "the argument, or @FILE")
    String argument = "{}";
    @Option(names = "--party", required = true, description = "who exercises it")
    String party = "";

    @Override
    public Integer call() throws IOException {
      ObjectNode command = JsonNodeFactory.instance.objectNode().put("template", template).put("contract", contract)
          .put("choice", choice);
      command.set("argument", json(argument));
      return submit(party, "exercise", command);
    }
  }
}
