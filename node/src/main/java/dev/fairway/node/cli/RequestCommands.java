package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A requester's requests: made, watched and taken back; and, for who runs the node, answered by hand. */
@Command(name = "request", description = "Make requests on a ledger, see what became of them, and take them back.", subcommands = {
    RequestCommands.Submit.class, RequestCommands.Status.class, RequestCommands.Wait.class,
    RequestCommands.Cancel.class, RequestCommands.ListRequests.class, RequestMending.Aside.class,
    RequestMending.Show.class, RequestMending.Try.class, RequestMending.Release.class, RequestMending.Reject.class,
    RequestMending.Replace.class, RequestMending.Discard.class})
public final class RequestCommands {
  private static final Set<String> OPEN = Set.of("ready", "submitting");

  private RequestCommands() {}

  private static String at(String contract) {
    return "/requests/" + Remote.encode(contract);
  }

  /** A command about one request. */
  abstract static class About extends FromNode implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "CONTRACT", converter = Typed.Id.class, description = "the request, as \"request submit\" prints it")
    String contract = "";
  }

  @Command(name = "submit", mixinStandardHelpOptions = true, description = "Make a request: create its contract. Prints the contract's id.", footer = {
      "", "Example:", "  fairway request submit Quota:LedgerRequest @request.json --party alice"})
  static final class Submit extends FromNode implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "TEMPLATE", description = "Module:Entity")
    String template = "";
    @Parameters(index = "1", paramLabel = "JSON", description = "the payload, or @FILE")
    String payload = "";
    @Option(names = "--ledger", defaultValue = "local", description = "which ledger (default: the node's own)")
    String ledger = "local";
    @Option(names = "--party", defaultValue = "", description = "who asks; only a node in the dev profile believes this")
    String party = "";
    @Option(names = "--command-id", defaultValue = "", description = "the same again makes no second request")
    String commandId = "";

    @Override
    public Integer call() throws IOException {
      ObjectNode body = JsonNodeFactory.instance.objectNode().put("template", template).put("ledger", ledger);
      body.set("payload", LedgerCommands.json(payload));
      if (!party.isEmpty()) {
        body.put("party", party);
      }
      if (!commandId.isEmpty()) {
        body.put("command_id", commandId);
      }
      JsonNode made = remote.post("/requests", body);
      if (output.json) {
        output.object(out(), made);
      } else {
        out().println(made.path("contract").asString());
      }
      return 0;
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List the newest requests.", footer = {"",
      "Example:", "  fairway request list"})
  static final class ListRequests extends FromNode implements Callable<Integer> {
    @Override
    public Integer call() {
      return listed(remote.get("/requests").path("requests"), "no requests", "contract", "template", "state",
          "attempts", "changed", "reason");
    }
  }

  @Command(name = "status", mixinStandardHelpOptions = true, description = "Show a request's state, outcome and reason.", footer = {
      "", "Example:", "  fairway request status CONTRACT"})
  static final class Status extends About {
    @Override
    public Integer call() {
      return shown(remote.get(at(contract)));
    }
  }

  @Command(name = "wait", mixinStandardHelpOptions = true, description = "Wait for a request's end.", exitCodeList = {
      "0:it was accepted", "1:it ended otherwise, or not in time",
      "2:the request itself was wrong"}, footer = {"", "Example:", "  fairway request wait CONTRACT --timeout 60"})
  static final class Wait extends About {
    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "300", description = "at most so long (default: ${DEFAULT-VALUE})")
    long seconds;

    /* A request that was just submitted may take a moment to be known. One that is unknown for longer is a wrong id, and whoever
     * mistyped it shall not wait the whole time-out to hear of it. */
    private static final long FIRST_TURN = 5;
    /* A node waits as long as it is asked to; a proxy before it may not. nginx and the load balancers of AWS give up on an answer
     * after 60 s if nothing else is configured, that of Google Cloud after 30 s. */
    private static final long LATER_TURN = 20;

    @Override
    public Integer call() {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      long turn = FIRST_TURN;
      while (true) {
        long left = TimeUnit.NANOSECONDS.toSeconds(deadline - System.nanoTime());
        JsonNode request = remote.get(at(contract) + "?wait=" + Math.clamp(left, 0, turn));
        turn = LATER_TURN;
        if (!OPEN.contains(request.path("state").asString())) {
          output.object(out(), request);
          return "accepted".equals(request.path("state").asString()) ? 0 : 1;
        }
        if (left <= 0) {
          throw new FairwayException(ErrorCode.BUSY, "the request is still " + request.path("state").asString());
        }
      }
    }
  }

  @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Take a request back.", footer = {"",
      "Example:", "  fairway request cancel CONTRACT --choice LedgerRequest_Cancel"})
  static final class Cancel extends About {
    @Option(names = "--choice", defaultValue = "Cancel", description = "the requester's choice that does it (default: ${DEFAULT-VALUE})")
    String choice = "Cancel";
    @Option(names = "--ledger", defaultValue = "local", description = "which ledger (default: the node's own)")
    String ledger = "local";

    @Override
    public Integer call() {
      remote.post(at(contract) + "/cancel",
          JsonNodeFactory.instance.objectNode().put("choice", choice).put("ledger", ledger));
      return done("taken back " + contract, Map.of("cancelled", contract));
    }
  }
}
