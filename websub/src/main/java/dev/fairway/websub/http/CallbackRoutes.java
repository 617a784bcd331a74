package dev.fairway.websub.http;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.web.Call;
import dev.fairway.web.Json;
import dev.fairway.web.LegacyError;
import dev.fairway.web.Route;
import dev.fairway.websub.subscriber.HubQuestion;
import dev.fairway.websub.subscriber.Origin;
import dev.fairway.websub.subscriber.Subscriber;
import dev.fairway.websub.wire.Signature;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Where hubs call this node: they ask whether it meant to subscribe, and tell it that a channel has a message. A
 * notification is answered once it is durable.
 */
public final class CallbackRoutes {
  private static final int LONGEST_ID = 500;

  private final Subscriber subscriber;
  private final Store store;
  private final Notices notices;

  /** Takes what a channel's hub tells. */
  @FunctionalInterface
  public interface Notices {
    /**
     * Takes note that a channel has something about a message; possibly for the second time.
     *
     * @param messageId the channel's id of the message; a number is given in digits
     */
    void take(Transaction tx, String channel, String messageId) throws SQLException;
  }

  public CallbackRoutes(Subscriber subscriber, Store store, Notices notices) {
    this.subscriber = subscriber;
    this.store = store;
    this.notices = notices;
  }

  /** For a door with errors in the legacy shape; open to everyone, since the callback's name is the credential. */
  public List<Route> routes() {
    return List.of(
        Route.get("/channel-message/{channel}", "A hub asks whether a subscription is meant").anyone()
            .answers(200, "The challenge", "text/plain", Optional.empty()).handle(this::verify),
        Route.post("/channel-message/{channel}", "A hub tells that a channel has a message").anyone()
            .consumes("application/json").maxBody(64 << 10).answers(200, "Taken").handle(this::receive));
  }

  private void verify(Call call) throws Exception {
    String answer = HubQuestion.of(call::query)
        .flatMap(question -> subscriber.answer(call.param("channel"), call.query("k"), question))
        .orElseThrow(() -> LegacyError.generic(404, "No such subscription is pending"));
    call.text(200, "text/plain; charset=utf-8", answer);
  }

  private void receive(Call call) throws Exception {
    String channel = call.param("channel");
    byte[] body = call.bytes();
    switch (subscriber.origin(channel, call.query("k"), call.header(Signature.HEADER), body)) {
      case Origin.Unknown _ -> throw LegacyError.generic(404, "No such callback");
      case Origin.Forged _ ->
        throw new FairwayException(ErrorCode.FORBIDDEN, "the signature is missing or wrong; nothing was taken");
      case Origin.Genuine _ -> {
        String id = messageId(Json.parse(body));
        store.run(tx -> notices.take(tx, channel, id));
        call.empty(200);
      }
    }
  }

  private static String messageId(JsonNode body) {
    JsonNode id = body.path("id");
    String text = id.isString() ? id.stringValue() : id.isIntegralNumber() ? id.bigIntegerValue().toString() : "";
    if (text.isEmpty() || text.length() > LONGEST_ID) {
      throw new FairwayException(ErrorCode.INVALID,
          "the body must be {\"id\": …} with a message's id, a number or a text of 1 to " + LONGEST_ID + " characters");
    }
    return text;
  }
}
