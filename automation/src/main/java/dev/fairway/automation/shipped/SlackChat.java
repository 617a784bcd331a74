package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import dev.fairway.automation.sdk.Response;
import dev.fairway.automation.sdk.WebhookResponse;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Chat by Slack, both ways: posts each contract of a template to its channel and archives it, and makes a contract of each
 * message the Events API tells of; {@link SlackCommands} does the same for slash commands and their answers. Calls that
 * {@link SlackSignature} does not know as Slack's are refused.
 */
public final class SlackChat implements Integration<SlackChat.Settings> {
  /**
   * @param outboundTemplate has {@code slackChannel} and {@code messageText}
   * @param inboundTemplate has {@code integrationParty}, {@code receivedAt}, {@code slackChannel}, {@code slackUser} and
   * {@code messageText}
   * @param commandTemplate what a slash command becomes; none are taken without it
   * @param responseTemplate has {@code responseUrl}, {@code responseText} and the choice {@code ResponseFailed}
   * @param apiUrl where messages are posted
   */
  public record Settings(String outboundTemplate, String inboundTemplate, Optional<String> commandTemplate,
      Optional<String> responseTemplate, Secret apiToken, Secret signingSecret, String apiUrl) {}

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    events.ledger().created(env.settings().outboundTemplate()).handle(event -> post(env, event));
    var signature = new SlackSignature(env.settings().signingSecret(), env.clock());
    var commands = new SlackCommands(env, env.settings().commandTemplate());
    env.settings().responseTemplate().ifPresent(template -> events.ledger().created(template)
        .attempts(SlackCommands.ATTEMPTS).handle(commands::respond));
    events.webhook().post("").label("Slack event").handle(call -> {
      if (!signature.isOn(call)) {
        return WebhookResponse.unauthorized("invalid_signature", "the call is not signed by Slack, or too old");
      }
      return SlackCommands.isOne(call) ? commands.invoked(call) : event(env, Json.parse(call.body()));
    });
  }

  private static Response post(Environment<Settings> env, LedgerEvents.Created event)
      throws IOException, InterruptedException {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("channel", event.contract().payload().text("slackChannel"));
    message.put("text", event.contract().payload().text("messageText"));
    Answered answered = env.http().send(OutsideCall.postJson(URI.create(env.settings().apiUrl()), Json.text(message))
        .header("Authorization", "Bearer " + env.settings().apiToken().reveal()));
    if (answered.status() >= 500 || answered.status() == 429) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "Slack answered " + answered.status());
    }
    JsonNode said = answered.ok() ? Json.parse(answered.body()) : Json.object();
    if (!said.path("ok").asBoolean(false)) {
      throw new FairwayException(ErrorCode.PEER_LIED,
          "Slack refused the message: " + said.path("error").asString("status " + answered.status()));
    }
    return Response.commands(Command.archive(event.contract()));
  }

  private static WebhookResponse event(Environment<Settings> env, JsonNode call) {
    JsonNode event = call.path("event");
    return switch (call.path("type").asString("")) {
      case "url_verification" -> WebhookResponse.json(Map.of("challenge", call.path("challenge").asString("")));
      case "event_callback" -> isSaid(event)
          ? WebhookResponse.empty().with(Command.create(env.template(env.settings().inboundTemplate()), LedgerValue
              .struct("integrationParty", LedgerValue.party(env.party()), "receivedAt",
                  LedgerValue.timestamp(Instant.now(env.clock())))
              .with("slackChannel", LedgerValue.text(event.path("channel").asString("")))
              .with("slackUser", LedgerValue.text(event.path("user").asString("")))
              .with("messageText", LedgerValue.text(event.path("text").asString("")))))
          : WebhookResponse.empty();
      default -> WebhookResponse.empty();
    };
  }

  /* Not what a bot says, or this integration would hear itself; and not edits, joins and the like. */
  private static boolean isSaid(JsonNode event) {
    return event.path("type").asString("").equals("message") && !event.has("subtype") && !event.has("bot_id");
  }
}
