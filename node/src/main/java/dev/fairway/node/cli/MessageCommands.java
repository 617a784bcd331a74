package dev.fairway.node.cli;

import java.io.PrintWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Sends, shows and lists messages. */
@Command(name = "message", description = "Send, show and list messages.", subcommands = {MessageCommands.Send.class,
    MessageCommands.Show.class, MessageCommands.ListMessages.class,
    MessageCommands.Journal.class, MessageCommands.Status.class})
public final class MessageCommands {
  @Command(name = "send", mixinStandardHelpOptions = true, description = "Hand a message in.", footer = {"", "Example:",
      "  fairway message send --from AU --to SG --subject AU-COO-2026-000101 --obj Qm… \\",
      "    --predicate UN.CEFACT.Trade.CertificateOfOrigin.created"})
  static final class Send implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Option(names = "--from", required = true, paramLabel = "CC", converter = Typed.Code.class, description = "sending jurisdiction, our own")
    String from = "";
    @Option(names = "--to", required = true, paramLabel = "CC", converter = Typed.Code.class, description = "receiving jurisdiction")
    String to = "";
    @Option(names = "--subject", required = true, description = "what the conversation is about")
    String subject = "";
    @Option(names = "--obj", required = true, paramLabel = "MULTIHASH", description = "the document, as \"document put\" names it")
    String obj = "";
    @Option(names = "--predicate", required = true, description = "what is said about the document, a dotted name")
    String predicate = "";
    @Option(names = "--ref", description = "our own reference; sending it again changes nothing")
    String ref = "";

    @Override
    public Integer call() {
      ObjectNode body = JsonNodeFactory.instance.objectNode().put("sender", from).put("receiver", to)
          .put("subject", subject).put("obj", obj).put("predicate", predicate);
      if (!ref.isEmpty()) {
        body.put("sender_ref", ref);
      }
      output.object(spec.commandLine().getOut(), remote.post("/message-api/message", body));
      return 0;
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Show a message.")
  static final class Show implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Parameters(paramLabel = "SENDER:REF")
    String ref = "";

    @Override
    public Integer call() {
      output.object(spec.commandLine().getOut(), remote.get("/message-api/message/" + Remote.encode(ref)));
      return 0;
    }
  }

  @Command(name = "journal", mixinStandardHelpOptions = true, description = "Show what happened to a message, step by step.")
  static final class Journal implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Parameters(paramLabel = "SENDER:REF")
    String ref = "";

    @Override
    public Integer call() {
      JsonNode answer = remote.get("/message-api/message/" + Remote.encode(ref) + "/journal");
      output.table(spec.commandLine().getOut(), answer.path("journal"), "nothing happened yet", "date", "status",
          "state",
          "detail");
      return 0;
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List messages, newest first.")
  static final class ListMessages implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Option(names = "--from", paramLabel = "CC", converter = Typed.Code.class, description = "only from this sender")
    String from = "";
    @Option(names = "--to", paramLabel = "CC", converter = Typed.Code.class, description = "only to this receiver")
    String to = "";
    @Option(names = "--subject", description = "only about this subject")
    String subject = "";
    @Option(names = "--status", description = "only in this status: pending, accepted, rejected, received")
    String status = "";
    @Option(names = "--limit", defaultValue = "50", description = "at most so many, up to 500 (default: ${DEFAULT-VALUE})")
    int limit;
    @Option(names = "--cursor", description = "go on where the last list ended")
    String cursor = "";

    @Override
    public Integer call() {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("sender", from);
      query.put("receiver", to);
      query.put("subject", subject);
      query.put("status", status);
      query.put("limit", Integer.toString(limit));
      query.put("cursor", cursor);
      JsonNode answer = remote.get("/message-api/messages?" + Remote.query(query));
      PrintWriter out = spec.commandLine().getOut();
      output.table(out, answer.path("items"), "no messages", "sender", "sender_ref", "receiver", "status", "subject",
          "predicate");
      if (!output.json && answer.path("next_cursor").isString()) {
        out.println("more: --cursor " + answer.path("next_cursor").stringValue());
      }
      return 0;
    }
  }

  @Command(name = "status", mixinStandardHelpOptions = true, description = "Accept or reject a received message.")
  static final class Status implements Callable<Integer> {
    @Mixin
    Remote remote = new Remote();
    @Mixin
    Output output = new Output();
    @Spec
    CommandSpec spec = CommandSpec.create();
    @Parameters(index = "0", paramLabel = "SENDER:REF")
    String ref = "";
    @Parameters(index = "1", paramLabel = "accepted|rejected", converter = Typed.Verdict.class, description = "what is answered")
    String status = "";

    @Override
    public Integer call() {
      ObjectNode body = JsonNodeFactory.instance.objectNode().put("status", status);
      output.object(spec.commandLine().getOut(),
          remote.expect(remote.send("PATCH", "/message-api/message/" + Remote.encode(ref),
              BodyPublishers.ofString(body.toString()), Map.of("Content-Type", "application/json"))));
      return 0;
    }
  }
}
