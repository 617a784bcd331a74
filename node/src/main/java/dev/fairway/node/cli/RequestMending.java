package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What who runs the node does with requests that were set aside. */
final class RequestMending {
  private RequestMending() {}

  private static String at(String contract) {
    return "/api/requests/" + Remote.encode(contract);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  @Command(name = "aside", mixinStandardHelpOptions = true, description = "List the requests that were set aside, or count them by cause.", footer = {
      "", "Example:", "  fairway request aside --causes"})
  static final class Aside extends FromNode implements Callable<Integer> {
    @Option(names = "--causes", description = "how many of which integration, and why")
    boolean causes;

    @Override
    public Integer call() {
      if (causes) {
        output.table(out(), remote.get("/api/requests/causes").path("items"), "no requests are set aside", "count",
            "kind", "cause", "last");
      } else {
        output.table(out(), remote.get("/api/requests?state=quarantined").path("items"), "no requests are set aside",
            "contract", "integration", "template", "attempts", "changed");
      }
      return 0;
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Show a request; with its payload and every error when it was set aside.", footer = {
      "", "Example:", "  fairway request show CONTRACT"})
  static final class Show extends RequestCommands.About {
    @Override
    public Integer call() {
      return shown(remote.get(at(contract)));
    }
  }

  @Command(name = "try", mixinStandardHelpOptions = true, description = "Ask the real handler what it would answer, with its effects held back.", footer = {
      "", "Example:", "  fairway request try CONTRACT"})
  static final class Try extends RequestCommands.About {
    @Override
    public Integer call() {
      return shown(remote.post(at(contract) + "/try", object()));
    }
  }

  @Command(name = "release", mixinStandardHelpOptions = true, description = "Have a request tried again, or all that were set aside for a cause.", footer = {
      "", "Example:", "  fairway request release CONTRACT"})
  static final class Release extends FromNode implements Callable<Integer> {
    @Parameters(paramLabel = "CONTRACT", arity = "0..1", description = "one request")
    String contract = "";
    @Option(names = "--kind", defaultValue = "", description = "all of this kind, as aside --causes names it")
    String kind = "";
    @Option(names = "--cause", defaultValue = "", description = "of these only those with this cause")
    String cause = "";

    @Override
    public Integer call() {
      if (contract.isEmpty() == kind.isEmpty()) {
        throw new FairwayException(ErrorCode.INVALID,
            "say one request, or a --kind of them");
      }
      if (!contract.isEmpty()) {
        remote.post(at(contract) + "/release", object());
        return done("released " + contract, Map.of("released", contract));
      }
      ObjectNode filter = object().put("kind", kind);
      if (!cause.isEmpty()) {
        filter.put("cause", cause);
      }
      long released = remote.post("/api/dead/redrive", filter).path("count").asLong();
      return done("released " + released, Map.of("count", released));
    }
  }

  @Command(name = "discard", mixinStandardHelpOptions = true, description = "Try a request no more; its contract stays as it is.", footer = {
      "", "Example:", "  fairway request discard CONTRACT"})
  static final class Discard extends RequestCommands.About {
    @Override
    public Integer call() {
      remote.post(at(contract) + "/discard", object());
      return done("discarded " + contract, Map.of("discarded", contract));
    }
  }

  @Command(name = "replace", mixinStandardHelpOptions = true, description = "Mend a request: exercise a choice of its operator that puts another in its place.", footer = {
      "", "Example:", "  fairway request replace CONTRACT Amend @mended.json"})
  static final class Replace extends RequestCommands.About {
    @Parameters(index = "1", paramLabel = "CHOICE", description = "the choice's name")
    String choice = "";
    @Parameters(index = "2", paramLabel = "JSON", description = "the choice's argument, or @FILE")
    String argument = "";

    @Override
    public Integer call() throws IOException {
      ObjectNode body = object().put("choice", choice);
      body.set("argument", LedgerCommands.json(argument));
      remote.post(at(contract) + "/replace", body);
      return done("replaced " + contract, Map.of("replaced", contract));
    }
  }

  @Command(name = "reject", mixinStandardHelpOptions = true, description = "Turn a request down by hand, with a reason its requester will read.", footer = {
      "", "Example:", "  fairway request reject CONTRACT --code NOT_POSSIBLE --message \"no such ledger can be made\""})
  static final class Reject extends RequestCommands.About {
    @Option(names = "--code", required = true, description = "a word a program can act on")
    String code = "";
    @Option(names = "--message", required = true, description = "a sentence for a person")
    String message = "";

    @Override
    public Integer call() {
      remote.post(at(contract) + "/reject",
          object().put("code", code).put("message", message));
      return done("rejected " + contract, Map.of("rejected", contract));
    }
  }
}
