package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Chat by Symphony, both ways, as a bot: sends each contract of a template to its conversation and archives it, and makes a
 * contract of each message, and of each form sent in, that its datafeed tells of.
 *
 * @see <a href="https://github.com/finos/symphony-api-spec">Symphony, description of the REST APIs</a>
 */
public final class SymphonyChat implements Integration<SymphonyChat.Settings> {
  /**
   * @param podUrl such as {@code https://company.symphony.com}; the agent and the key manager are there too unless their own
   * addresses are set
   * @param privateKey the bot's RSA key, in PEM
   * @param outboundTemplate has {@code symphonyStreamId} and {@code messageText}
   * @param inboundTemplate has {@code integrationParty}, {@code receivedAt}, {@code symphonyStreamId}, {@code symphonyUser},
   * {@code symphonyUserName}, {@code messageId} and {@code messageText}
   * @param formTemplate has the first five of them, and {@code formId}, {@code action} and {@code formJSON}; forms are not
   * taken without it
   */
  public record Settings(String podUrl, Optional<String> agentUrl, Optional<String> keyManagerUrl, String botUsername,
      Secret privateKey, String outboundTemplate, String inboundTemplate, Optional<String> formTemplate) {}

  private static final String BOUNDARY = "fairway-5d0f3a1c9b7e4826";

  @Override
  public Class<Settings> settings() {
    return Settings.class;
  }

  @Override
  public void start(Environment<Settings> env, Events events) {
    Settings settings = env.settings();
    var calls = new SymphonyCalls(env.http(), new SymphonyLogin(env), settings.agentUrl().orElse(settings.podUrl()));
    events.ledger().created(settings.outboundTemplate()).handle(event -> send(calls, event));
    events.task("datafeed", new SymphonyFeed(env, calls)::follow);
    events.queue().messages(SymphonyFeed.QUEUE, (said, attempt) -> contract(env, Json.parse(said)));
  }

  private static Response send(SymphonyCalls calls, LedgerEvents.Created event)
      throws IOException, InterruptedException {
    String stream = event.contract().payload().text("symphonyStreamId");
    if (!stream.matches("[A-Za-z0-9_-]+")) {
      throw new FairwayException(ErrorCode.INVALID,
          "symphonyStreamId must be letters, digits, - and _ (base64 for URLs), is \"" + stream + "\"");
    }
    event.attempt().holdBackIfDry("send a message to " + stream);
    String message = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"message\"\r\n\r\n"
        + MessageMl.of(event.contract().payload().text("messageText")) + "\r\n--" + BOUNDARY + "--\r\n";
    Answers.accepted("Symphony", calls.post("/agent/v4/stream/" + stream + "/message/create",
        "multipart/form-data; boundary=" + BOUNDARY, message.getBytes(StandardCharsets.UTF_8)));
    return Response.commands(Command.archive(event.contract()));
  }

  private static Response contract(Environment<Settings> env, JsonNode said) {
    LedgerValue.Struct fields = LedgerValue.struct("integrationParty", LedgerValue.party(env.party()), "receivedAt",
        LedgerValue.timestamp(Instant.now(env.clock()))).with("symphonyStreamId", text(said, "stream"))
        .with("symphonyUser", text(said, "user")).with("symphonyUserName", text(said, "userName"));
    if (said.path("type").asString().equals(SymphonyFeed.MESSAGE)) {
      return Response.commands(Command.create(env.template(env.settings().inboundTemplate()),
          fields.with("messageId", text(said, "id")).with("messageText", text(said, "text"))));
    }
    JsonNode values = said.path("values");
    LedgerValue.Struct form = fields.with("formId", text(said, "form")).with("action", text(values, "action"))
        .with("formJSON", LedgerValue.text(values.toString()));
    return env.settings().formTemplate()
        .map(template -> Response.commands(Command.create(env.template(template), form)))
        .orElse(Response.none());
  }

  private static LedgerValue text(JsonNode node, String field) {
    return LedgerValue.text(node.path(field).asString(""));
  }
}
