package dev.fairway.node.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Subscribes callbacks to topics. */
@Command(name = "subscription", description = "Subscribe callbacks to topics (W3C WebSub).", subcommands = {
    SubscriptionCommands.Add.class, SubscriptionCommands.Remove.class,
    SubscriptionCommands.ListSubscriptions.class, SubscriptionCommands.Delete.class})
public final class SubscriptionCommands {
  /** What a WebSub request needs. */
  abstract static class Request extends ToNode {
    @Option(names = "--topic", required = true, description = "a dotted topic; it and all below it, e.g. message.* or UN.CEFACT.Trade.*")
    String topic = "";
    @Option(names = "--callback", required = true, paramLabel = "URL", description = "told by POST; asked to confirm by GET")
    String callback = "";

    Map<String, String> fields(String mode) {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("hub.mode", mode);
      fields.put("hub.topic", topic);
      fields.put("hub.callback", callback);
      return fields;
    }
  }

  @Command(name = "add", mixinStandardHelpOptions = true, description = "Ask for a subscription; the callback must confirm it.", footer = {
      "", "Example:", "  fairway subscription add --topic 'message.*' --callback http://127.0.0.1:9000/told"})
  static final class Add extends Request implements Callable<Integer> {
    @Option(names = "--lease", defaultValue = "432000", paramLabel = "SECONDS", description = "how long, 3600 to 31536000 (default: ${DEFAULT-VALUE})")
    int lease;
    @Option(names = "--secret", description = "signs each notification (X-Hub-Signature)")
    String secret = "";

    @Override
    public Integer call() {
      Map<String, String> fields = fields("subscribe");
      fields.put("hub.lease_seconds", Integer.toString(lease));
      fields.put("hub.secret", secret);
      remote.form("/subscription-api/subscriptions", fields);
      out().println("asked; " + callback + " is now being asked to confirm");
      return 0;
    }
  }

  @Command(name = "remove", mixinStandardHelpOptions = true, description = "End a subscription; the callback must confirm it.", footer = {
      "", "Example:", "  fairway subscription remove --topic 'message.*' --callback http://127.0.0.1:9000/told"})
  static final class Remove extends Request implements Callable<Integer> {
    @Override
    public Integer call() {
      remote.form("/subscription-api/subscriptions", fields("unsubscribe"));
      out().println("asked; " + callback + " is now being asked to confirm");
      return 0;
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "List subscriptions.", footer = {"",
      "Example:", "  fairway subscription list"})
  static final class ListSubscriptions extends FromNode implements Callable<Integer> {

    @Override
    public Integer call() {
      return listed(remote.get("/subscription-api/subscriptions").path("items"),
          "no subscriptions", "id", "topic", "callback", "expires_at", "failures", "last_error");
    }
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "End a subscription as the operator, without asking it.", footer = {
      "", "Example:", "  fairway subscription delete ID"})
  static final class Delete extends ToNode implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "the subscription, as \"subscription list\" shows it")
    String id = "";

    @Override
    public Integer call() {
      remote
          .expect(remote.send("DELETE", "/subscription-api/subscriptions/" + Remote.encode(id), BodyPublishers.noBody(),
              Map.of()));
      out().println("ended " + id);
      return 0;
    }
  }
}
