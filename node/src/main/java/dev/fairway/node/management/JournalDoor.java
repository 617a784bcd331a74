package dev.fairway.node.management;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.EventSink;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The journal over HTTP: pages of events, and a stream of them as they happen, each a CloudEvent 1.0. */
public final class JournalDoor {
  private static final Duration BEAT = Duration.ofSeconds(15);
  /** How soon a stream ends when the node stops. */
  private static final Duration LOOK_UP = Duration.ofMillis(500);
  private static final int PAGE = 500;

  private final Journal journal;
  private final String jurisdiction;

  public JournalDoor(Journal journal, String jurisdiction) {
    this.journal = journal;
    this.jurisdiction = jurisdiction;
  }

  public Door door() {
    return new Door("journal", "/api/journal", ErrorStyle.PROBLEM,
        List.of(
            Route.get("", "Lists events").scope("igl.admin")
                .query("after", "the offset to go on from; 0 for the oldest kept").query("subject", "only about this")
                .query("limit", "1 to 500; 100 when absent").answers(200, "events and where to go on")
                .handle(this::list),
            Route.get("/stream", "Streams events as they happen").scope("igl.admin")
                .describe(
                    "Server-sent events; each id is an offset, and a reconnecting client goes on after the last it saw.")
                .query("after", "the offset to go on from; the end when absent").handle(this::stream)));
  }

  private void list(Call call) throws IOException {
    int limit = (int) number(call, "limit", 100, 1, PAGE);
    long after = number(call, "after", 0, 0, Long.MAX_VALUE);
    List<Event> events = call.query("subject").map(subject -> journal.about(subject, limit))
        .orElseGet(() -> journal.read(after, limit));
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("items", events.stream().map(event -> cloudEvent(event, source(call))).toList());
    page.put("next", events.isEmpty() ? after : events.getLast().offset());
    call.json(200, page);
  }

  private void stream(Call call) throws Exception {
    long start = call.header("Last-Event-ID").isPresent()
        ? parse("Last-Event-ID", call.header("Last-Event-ID").get(), 0, Long.MAX_VALUE)
        : number(call, "after", journal.end(), 0, Long.MAX_VALUE);
    URI source = source(call);
    call.events(sink -> follow(sink, start, source));
  }

  private void follow(EventSink sink, long start, URI source) throws IOException, InterruptedException {
    long offset = start;
    long told = System.nanoTime();
    while (sink.open()) {
      if (!journal.await(offset, LOOK_UP)) {
        if (System.nanoTime() - told >= BEAT.toNanos()) {
          sink.beat();
          told = System.nanoTime();
        }
        continue;
      }
      for (Event event : journal.read(offset, PAGE)) {
        sink.send(Long.toString(event.offset()), event.type(), Json.text(cloudEvent(event, source)));
        offset = event.offset();
      }
      told = System.nanoTime();
    }
  }

  private URI source(Call call) {
    return URI.create(call.baseUrl() + "/" + jurisdiction);
  }

  /** The event as a CloudEvent 1.0 in the JSON format of that specification, with its offset as an extension. */
  static Map<String, Object> cloudEvent(Event event, URI source) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("specversion", "1.0");
    shape.put("id", event.id().toString());
    shape.put("source", source.toString());
    shape.put("type", event.type());
    shape.put("subject", event.subject());
    shape.put("time", event.time().toString());
    shape.put("datacontenttype", "application/json");
    shape.put("offset", event.offset());
    shape.put("data", Json.parse(event.body()));
    return shape;
  }

  static long number(Call call, String name, long standard, long least, long most) {
    return call.query(name).map(text -> parse(name, text, least, most)).orElse(standard);
  }

  private static long parse(String name, String text, long least, long most) {
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new FairwayException(ErrorCode.INVALID, name + ": \"" + text + "\" is not a whole number", e);
    }
    throw new FairwayException(ErrorCode.INVALID,
        name + ": " + text + " is out of range; give " + least + " to " + most);
  }
}
