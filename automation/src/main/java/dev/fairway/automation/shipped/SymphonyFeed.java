package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.OutsideCalls.Answered;
import dev.fairway.web.Json;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is said to a bot: reads its datafeed, and puts each message and each form sent in on a queue. What was read is
 * acknowledged with the next read, when it is on the queue, so that a crash brings it again; what comes again while this
 * process lives is recognised.
 *
 * @see <a href="https://rest-api.symphony.com/main/datafeed/datafeed-v2">Symphony, Datafeed 2</a>
 */
final class SymphonyFeed {
  static final String QUEUE = "said";
  static final String MESSAGE = "MESSAGESENT";
  static final String FORM = "SYMPHONYELEMENTSACTION";

  private static final String FEEDS = "/agent/v5/datafeeds";
  private static final int REMEMBERED = 1_000;
  /** So many reads in a row without an answer may be for want of news; then the agent is asked something it knows. */
  private static final int QUIET_READS = 20;

  private final Environment<SymphonyChat.Settings> env;
  private final SymphonyCalls calls;
  private final Set<String> recent = new LinkedHashSet<>();

  SymphonyFeed(Environment<SymphonyChat.Settings> env, SymphonyCalls calls) {
    this.env = env;
    this.calls = calls;
  }

  /** Reads for as long as it is not interrupted and the agent answers. */
  void follow() throws IOException, InterruptedException {
    String feed = feed();
    env.log().info("reads the datafeed {}", feed);
    String acknowledged = "";
    boolean fresh = false;
    int unanswered = 0;
    while (true) {
      Answered answer;
      try {
        answer = calls.post(FEEDS + "/" + feed + "/read", Json.object().put("ackId", acknowledged));
      } catch (SocketTimeoutException quiet) {
        // The agent waits for news longer than the node waits for answers.
        unanswered++;
        if (unanswered == QUIET_READS) {
          unanswered = 0;
          String there = feed();
          acknowledged = there.equals(feed) ? acknowledged : "";
          feed = there;
        }
        continue;
      }
      unanswered = 0;
      if (answer.status() == 400 && !fresh) {
        // It is no longer there, as after a long time unread.
        feed = create();
        acknowledged = "";
        fresh = true;
        continue;
      }
      if (answer.status() == 400) {
        throw new IOException("the agent does not let its new datafeed be read");
      }
      fresh = false;
      JsonNode read = Json.parse(Answers.accepted("Symphony", answer).body());
      for (JsonNode event : read.path("events")) {
        take(event);
      }
      acknowledged = read.path("ackId").asString("");
    }
  }

  private String feed() throws IOException, InterruptedException {
    Answered answer = calls.get(FEEDS + "?tag=" + URLEncoder.encode(tag(), StandardCharsets.UTF_8));
    JsonNode known = Json.parse(Answers.accepted("Symphony", answer).body());
    return known.isEmpty() ? create() : known.get(0).path("id").asString();
  }

  private String create() throws IOException, InterruptedException {
    Answered answer = calls.post(FEEDS, Json.object().put("tag", tag()));
    return Json.parse(Answers.accepted("Symphony", answer).body()).path("id").asString();
  }

  private String tag() {
    return env.settings().botUsername();
  }

  private void take(JsonNode event) throws InterruptedException {
    JsonNode user = event.path("initiator").path("user");
    if (user.path("username").asString("").equals(env.settings().botUsername())) {
      // Not what the bot says itself.
      return;
    }
    ObjectNode said = Json.object().put("id", event.path("messageId").asString(event.path("id").asString("")))
        .put("type", event.path("type").asString("")).put("user", user.path("userId").asString(""))
        .put("userName", user.path("displayName").asString(""));
    JsonNode payload = event.path("payload");
    switch (said.path("type").asString()) {
      case MESSAGE -> {
        JsonNode message = payload.path("messageSent").path("message");
        said.put("stream", message.path("stream").path("streamId").asString(""));
        said.put("text", MessageMl.text(message.path("message").asString("")));
      }
      case FORM -> {
        JsonNode form = payload.path("symphonyElementsAction");
        said.put("stream", form.path("stream").path("streamId").asString(""));
        said.put("form", form.path("formId").asString(""));
        said.set("values", form.path("formValues"));
      }
      default -> {
        return;
      }
    }
    if (!recent.contains(said.path("id").asString())) {
      Patience.put(env.queue(), QUEUE, said.toString());
      remember(said.path("id").asString());
    }
  }

  private void remember(String id) {
    recent.add(id);
    if (recent.size() > REMEMBERED) {
      recent.remove(recent.iterator().next());
    }
  }
}
