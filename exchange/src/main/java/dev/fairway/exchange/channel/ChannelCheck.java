package dev.fairway.exchange.channel;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.web.Json;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks a Channel API endpoint, ours or anybody's, whether it keeps to the API. It posts a few messages to a receiver of
 * the caller's choice, so it is for channels that are being set up.
 */
public final class ChannelCheck {
  private final OutboundClient client;
  private final HttpChannelConfig endpoint;
  private final Jurisdiction own;
  private final Jurisdiction receiver;
  private final List<Finding> findings = new ArrayList<>();

  /** What a check came to. */
  public enum Verdict {
    /** It does what it must. */
    PASS,
    /** It does not, and this node cannot rely on it. */
    FAIL,
    /** It cannot do what newer endpoints can; this node makes do. */
    ABSENT
  }

  /** One check: what was asked for, what it came to, and what was seen. */
  public record Finding(String check, Verdict verdict, String seen) {}

  /**
   * Made for one run.
   *
   * @param own whom the endpoint speaks for
   * @param receiver who gets the messages it posts
   */
  public ChannelCheck(OutboundClient client, HttpChannelConfig endpoint, Jurisdiction own, Jurisdiction receiver) {
    this.client = client;
    this.endpoint = endpoint;
    this.own = own;
    this.receiver = receiver;
  }

  private record Answer(int status, String body, OutboundResult result) {
    JsonNode json() {
      try {
        return Json.parse(body);
      } catch (FairwayException notJson) {
        return Json.object();
      }
    }

    String seen() {
      return status == 0
          ? result.describe()
          : status + " " + body.substring(0, Math.min(body.length(), 200)).replaceAll("\\p{Cntrl}", " ");
    }
  }

  /** Runs every check, in order; one that fails does not stop the rest. */
  public List<Finding> run() throws InterruptedException {
    String key = "check-" + UUID.randomUUID();
    ObjectNode message = message("channel check " + key);
    Answer posted = post(message, key);
    Optional<String> id = ChannelJson.id(posted.json().get("id"));
    must("a message is taken with 2xx", posted.status >= 200 && posted.status < 300, posted);
    must("the answer has an id", id.isPresent(), posted);
    must("the answer has a status this node knows or none",
        !posted.json().has("status") || ChannelJson.status(posted.json().get("status")).isPresent(), posted);
    if (id.isPresent()) {
      reading(id.get(), message);
    }
    refusals(message);
    keys(message, key, id);
    listing();
    may("participants are listed", call("GET", "participants"), answer -> answer.json().isArray());
    subscriptions();
    return List.copyOf(findings);
  }

  private void reading(String id, ObjectNode message) throws InterruptedException {
    Answer read = call("GET", "messages/" + id);
    must("the message is shown by its id", read.status == 200, read);
    must("its five fields are as they were posted", read.json().path("message").equals(message), read);
    must("its status is one this node knows", ChannelJson.status(read.json().get("status")).isPresent(), read);
    must("its id is the one it was asked for by", ChannelJson.id(read.json().get("id")).filter(id::equals).isPresent(),
        read);
    may("fields chooses what is shown", call("GET", "messages/" + id + "?fields=status"),
        answer -> answer.json().has("status") && !answer.json().has("message"));
    Answer unknown = call("GET", "messages/987654321987");
    must("an unknown id is 404", unknown.status == 404, unknown);
  }

  private void refusals(ObjectNode message) throws InterruptedException {
    ObjectNode without = message.deepCopy();
    without.remove("obj");
    Answer missing = post(without, "check-" + UUID.randomUUID());
    must("a message without obj is refused with 4xx", refused(missing), missing);
    Answer broken = send(OutboundRequest.post(url("messages")).bytes("application/json", new byte[]{'{'}));
    must("what is no JSON is refused with 4xx", refused(broken), broken);
    ObjectNode forged = message.deepCopy().put("sender", receiver.code()).put("receiver", own.code());
    Answer forgery = post(forged, "check-" + UUID.randomUUID());
    must("a message in another's name is refused with 4xx", refused(forgery), forgery);
  }

  private static boolean refused(Answer answer) {
    return answer.status >= 400 && answer.status < 500;
  }

  private void keys(ObjectNode message, String key, Optional<String> id) throws InterruptedException {
    Answer again = post(message, key);
    may("a resend with the same Idempotency-Key has no second effect", again,
        answer -> id.isPresent() && ChannelJson.id(answer.json().get("id")).equals(id));
    may("a message is found by its key", call("GET", "messages?key=" + key),
        answer -> answer.json().path("messages").size() == 1);
  }

  private void listing() throws InterruptedException {
    Answer page = call("GET", "messages?receiver=" + own + "&limit=2");
    may("messages are listed for their receiver", page, answer -> answer.json().path("messages").isArray());
    if (page.status == 200 && page.json().path("messages").isArray()) {
      must("a page is no larger than asked", page.json().path("messages").size() <= 2, page);
      boolean whole = page.json().path("messages").valueStream().allMatch(ChannelCheck::readable);
      must("what is listed are whole messages", whole, page);
      String next = page.json().path("next").asString("");
      if (!next.isEmpty()) {
        Answer following = call("GET", "messages?receiver=" + own + "&limit=2&cursor=" + next);
        boolean repeats = following.json().path("messages").valueStream().anyMatch(
            shown -> page.json().path("messages").valueStream().anyMatch(before -> before.equals(shown)));
        must("the cursor goes on where the page ended", following.status == 200 && !repeats, following);
      }
    }
  }

  private static boolean readable(JsonNode shown) {
    try {
      return !ChannelJson.message(shown).id().isEmpty();
    } catch (IllegalArgumentException none) {
      return false;
    }
  }

  private void subscriptions() throws InterruptedException {
    Answer bad = send(OutboundRequest.post(url("messages/subscriptions/by_jurisdiction"))
        .form(List.of(java.util.Map.entry("hub.mode", "nonsense"))));
    must("a subscription without a callback is refused with 400", bad.status == 400, bad);
    Answer type = send(OutboundRequest.post(url("messages/subscriptions/by_jurisdiction")).json("text"));
    must("a subscription that is no form is refused with 415", type.status == 415, type);
  }

  private ObjectNode message(String subject) {
    return Json.object().put("sender", own.code()).put("receiver", receiver.code()).put("subject", subject)
        .put("obj", "QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT5").put("predicate", "FAIRWAY.Channel.check");
  }

  private Answer post(JsonNode message, String key) throws InterruptedException {
    return send(OutboundRequest.post(url("messages")).header("Idempotency-Key", key).json(message));
  }

  private Answer call(String method, String relative) throws InterruptedException {
    return send(OutboundRequest.of(method, url(relative)));
  }

  private Answer send(OutboundRequest request) throws InterruptedException {
    OutboundRequest whole = endpoint.tokens().isPresent()
        ? request.bearer(endpoint.tokens().get().token().reveal())
        : request;
    OutboundResult result = client.send(whole.header("Accept", "application/json"));
    return result instanceof OutboundResult.Answered answered
        ? new Answer(answered.status(), answered.body().text(), result)
        : new Answer(0, "", result);
  }

  private URI url(String relative) {
    return endpoint.base().resolve(relative);
  }

  private void must(String check, boolean good, Answer answer) {
    findings.add(new Finding(check, good ? Verdict.PASS : Verdict.FAIL, answer.seen()));
  }

  private void may(String check, Answer answer, java.util.function.Predicate<Answer> good) {
    boolean can = answer.status >= 200 && answer.status < 300 && good.test(answer);
    findings.add(new Finding(check, can ? Verdict.PASS : Verdict.ABSENT, answer.seen()));
  }
}
