package dev.fairway.node.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
  static final class Send extends FromNode implements Callable<Integer> {
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
      return shown(remote.post("/message-api/message", body));
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Show a message.", footer = {"", "Example:",
      "  fairway message show AU:coo-101"})
  static final class Show extends FromNode implements Callable<Integer> {
    @Parameters(paramLabel = "SENDER:REF", description = "the message: its sender and the sender's reference")
    String ref = "";

    @Override
    public Integer call() {
      return shown(remote.get("/message-api/message/" + Remote.encode(ref)));
    }
  }

  @Command(name = "journal", mixinStandardHelpOptions = true, description = "Show what happened to a message, step by step.", footer = {
      "", "Example:", "  fairway message journal AU:coo-101"})
  static final class Journal extends FromNode implements Callable<Integer> {
    @Parameters(paramLabel = "SENDER:REF", description = "the message: its sender and the sender's reference")
    String ref = "";

    @Override
    public Integer call() {
      JsonNode answer = remote.get("/message-api/message/" + Remote.encode(ref) + "/journal");
      return listed(answer.path("journal"), "nothing happened yet", "date", "status",
          "state",
          "detail");
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List messages, newest first.", footer = {"",
      "Example:", "  fairway message list --to SG --status pending"})
  static final class ListMessages extends PagesFromNode implements Callable<Integer> {
    @Option(names = "--from", paramLabel = "CC", converter = Typed.Code.class, description = "only from this sender")
    String from = "";
    @Option(names = "--to", paramLabel = "CC", converter = Typed.Code.class, description = "only to this receiver")
    String to = "";
    @Option(names = "--subject", description = "only about this subject")
    String subject = "";
    @Option(names = "--status", description = "only in this status: pending, accepted, rejected, received")
    String status = "";

    @Override
    public Integer call() {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("sender", from);
      query.put("receiver", to);
      query.put("subject", subject);
      query.put("status", status);
      return page("/message-api/messages", query, "no messages", "sender", "sender_ref", "receiver", "status",
          "subject",
          "predicate");
    }
  }

  @Command(name = "status", mixinStandardHelpOptions = true, description = "Accept or reject a received message.", footer = {
      "", "Example:", "  fairway message status SG:coo-7 accepted"})
  static final class Status extends FromNode implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "SENDER:REF", description = "the message: its sender and the sender's reference")
    String ref = "";
    @Parameters(index = "1", paramLabel = "accepted|rejected", converter = Typed.Verdict.class, description = "what is answered")
    String status = "";

    @Override
    public Integer call() {
      ObjectNode body = JsonNodeFactory.instance.objectNode().put("status", status);
      return shown(remote.expect(remote.send("PATCH", "/message-api/message/" + Remote.encode(ref),
          BodyPublishers.ofString(body.toString()), Map.of("Content-Type", "application/json"))));
    }
  }
}
