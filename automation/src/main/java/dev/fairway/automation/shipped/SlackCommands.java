package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import dev.fairway.automation.sdk.Response;
import dev.fairway.automation.sdk.WebhookRequest;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Slack's slash commands: each becomes a contract, and a contract that holds an answer is posted to where the command asked
 * for it. An answer that Slack refuses, that does not reach it at the last of five tries, or whose address the node may not
 * call, is told to the contract by its choice {@code ResponseFailed}, because Slack takes answers for half an hour only.
 *
 * @see <a href="https://docs.slack.dev/interactivity/implementing-slash-commands">Implementing slash commands</a>
 */
final class SlackCommands {
  static final int ATTEMPTS = 5;
  /** Told where there was no answer. */
  private static final int NO_STATUS = -1;
  /** Fields of the contract, and what Slack's form calls them. */
  private static final Map<String, String> FIELDS = Map.of("command", "command", "commandText", "text", "responseUrl",
      "response_url", "slackUser", "user_id", "slackTeam", "team_id", "slackChannel", "channel_id", "slackApiAppId",
      "api_app_id");

  private final Environment<?> env;
  private final Optional<String> template;

  SlackCommands(Environment<?> env, Optional<String> template) {
    this.env = env;
    this.template = template;
  }

  /** Commands come as forms; events as JSON. */
  static boolean isOne(WebhookRequest call) {
    return call.header("Content-Type").orElse("").startsWith("application/x-www-form-urlencoded");
  }

  WebhookResponse invoked(WebhookRequest call) {
    if (template.isEmpty()) {
      return WebhookResponse.json(Map.of("response_type", "ephemeral", "text", "Commands are not taken here."));
    }
    Map<String, List<String>> form = call.form();
    LedgerValue.Struct invocation = LedgerValue.struct("integrationParty", LedgerValue.party(env.party()), "receivedAt",
        LedgerValue.timestamp(Instant.now(env.clock())));
    for (var field : FIELDS.entrySet()) {
      invocation = invocation.with(field.getKey(),
          LedgerValue.text(form.getOrDefault(field.getValue(), List.of("")).getFirst()));
    }
    return WebhookResponse.empty().with(Command.create(env.template(template.get()), invocation));
  }

  Response respond(LedgerEvents.Created event) throws IOException, InterruptedException {
    boolean last = event.attempt().number() >= ATTEMPTS;
    Answered said;
    try {
      said = post(event.contract().payload());
    } catch (IOException e) {
      if (last) {
        return failed(event, NO_STATUS, "no answer: " + e.getMessage());
      }
      throw e;
    } catch (FairwayException e) {
      if (e.code() == ErrorCode.INVALID || e.code() == ErrorCode.EGRESS_REFUSED) {
        return failed(event, NO_STATUS, String.valueOf(e.getMessage()));
      }
      throw e;
    }
    if (said.ok()) {
      return Response.commands(Command.archive(event.contract()));
    }
    boolean passing = said.status() >= 500 || said.status() == 429;
    if (passing && !last) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "Slack answered " + said.status());
    }
    return failed(event, said.status(), said.text());
  }

  private Answered post(LedgerValue.Struct answer) throws IOException, InterruptedException {
    String url = answer.text("responseUrl");
    OutsideCall call;
    try {
      call = OutsideCall.postJson(URI.create(url), Json.text(Map.of("text", answer.text("responseText"))));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "responseUrl is no URL: " + e.getMessage(), e);
    }
    return env.http().send(call);
  }

  private Response failed(LedgerEvents.Created event, int status, String body) {
    return Response.commands(Command.exercise(event.contract(), "ResponseFailed",
        LedgerValue.struct("receivedAt", LedgerValue.timestamp(Instant.now(env.clock())))
            .with("httpStatusCode", LedgerValue.int64(status)).with("httpResponseBody", LedgerValue.text(body))));
  }
}
