package dev.fairway.node.management;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.work.WorkId;
import dev.fairway.store.Audit;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.DeadLetters.Filter;
import dev.fairway.store.DeadLetters.Letter;
import dev.fairway.store.WorkOverview;
import dev.fairway.store.WorkOverview.Count;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Json;
import dev.fairway.web.Route;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the node has before it, and what it set aside: listed, mended, released or dropped; every act is in the audit. */
public final class WorkDoor {
  private static final String SCOPE = "igl.admin";
  private static final int PAGE = 500;
  private static final List<String> RESTRICTIONS = List.of("kind", "key", "cause", "text");

  private final WorkOverview overview;
  private final DeadLetters letters;
  private final Audit audit;

  public WorkDoor(WorkOverview overview, DeadLetters letters, Audit audit) {
    this.overview = overview;
    this.letters = letters;
    this.audit = audit;
  }

  public Door door() {
    return new Door("work", "/api", ErrorStyle.PROBLEM, List.of(
        Route.get("/work", "Counts work by kind").scope(SCOPE).answers(200, "waiting, running and dead")
            .handle(this::work),
        Route.get("/dead", "Lists dead letters").scope(SCOPE).query("kind", "only this kind of work")
            .query("key", "only this key").query("cause", "only this cause, as a group names it")
            .query("text", "only where the last error or the key holds this text")
            .query("limit", "1 to 500; 50 when absent")
            .query("cursor", "where to go on").answers(200, "a page of dead letters").handle(this::list),
        Route.get("/dead/groups", "Counts dead letters by kind and cause").scope(SCOPE).answers(200, "groups")
            .handle(this::groups),
        Route.post("/dead/redrive", "Releases all dead letters that match").scope(SCOPE).consumes("application/json")
            .answers(200, "how many").handle(call -> many(call, letters::redrive)),
        Route.post("/dead/discard", "Drops all dead letters that match").scope(SCOPE).consumes("application/json")
            .answers(200, "how many").handle(call -> many(call, letters::discard)),
        Route.get("/dead/{id}", "Shows a dead letter with its payload and every error").scope(SCOPE)
            .answers(200, "the letter").handle(this::show),
        Route.put("/dead/{id}/payload", "Replaces the payload").scope(SCOPE).maxBody(16 << 20).answers(204, "replaced")
            .handle(this::edit),
        Route.post("/dead/{id}/dry-run", "Asks the handler what it would do, with its effects held back").scope(SCOPE)
            .answers(200, "the outcome").handle(this::tryDry),
        Route.post("/dead/{id}/redrive", "Releases it to be worked on again").scope(SCOPE).answers(204, "released")
            .handle(call -> one(call, letters::redrive)),
        Route.post("/dead/{id}/discard", "Drops it for good").scope(SCOPE).answers(204, "dropped")
            .handle(call -> one(call, letters::discard)),
        Route.get("/audit", "Lists what operators did, newest first").scope(SCOPE)
            .query("target", "only what was done to this").query("limit", "1 to 500; 50 when absent")
            .query("cursor", "where to go on").answers(200, "a page of acts").handle(this::audit)));
  }

  private void work(Call call) throws IOException {
    Map<String, ObjectNode> kinds = new LinkedHashMap<>();
    for (Count count : overview.counts()) {
      ObjectNode kind = kinds.computeIfAbsent(count.kind(),
          name -> Json.object().put("kind", name).put("waiting", 0L).put("running", 0L).put("dead", 0L));
      String column = switch (count.state()) {
        case READY, SCHEDULED, BEHIND -> "waiting";
        case LEASED -> "running";
        case DEAD -> "dead";
      };
      kind.put(column, kind.path(column).asLong() + count.count());
      if (count.state() == WorkOverview.State.READY) {
        kind.put("oldest_due", count.oldest().toString());
      }
    }
    ArrayNode items = Json.array();
    kinds.values().forEach(items::add);
    call.json(200, Json.object().set("items", items));
  }

  private void list(Call call) throws IOException {
    Filter filter = new Filter(call.query("kind"), call.query("key"), call.query("cause"), call.query("text"));
    int limit = (int) JournalDoor.number(call, "limit", 50, 1, PAGE);
    List<Letter> found = letters.list(filter, JournalDoor.number(call, "cursor", 0, 0, Long.MAX_VALUE), limit);
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    found.forEach(letter -> items.add(summary(letter)));
    if (found.size() == limit) {
      page.put("next_cursor", Long.toString(found.getLast().place()));
    }
    call.json(200, page);
  }

  private static ObjectNode summary(Letter letter) {
    ObjectNode shape = Json.object().put("id", letter.id().toString()).put("kind", letter.kind());
    letter.key().ifPresent(key -> shape.put("key", key));
    return shape.put("attempts", letter.attempts()).put("cause", letter.cause()).put("died_at",
        letter.diedAt().toString());
  }

  private void groups(Call call) throws IOException {
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    letters.groups()
        .forEach(
            group -> items.addObject().put("kind", group.kind()).put("cause", group.cause()).put("count", group.count())
                .put("first", group.first().toString()).put("last", group.last().toString()));
    call.json(200, page);
  }

  private void show(Call call) throws IOException {
    WorkId id = id(call);
    DeadLetters.Opened opened = letters.show(id)
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "there is no dead letter " + id));
    ObjectNode shape = summary(opened.letter());
    shape.set("payload", payload(opened.text()));
    ArrayNode errors = shape.putArray("errors");
    opened.failures().forEach(failed -> errors.addObject().put("at", failed.at().toString())
        .put("attempt", failed.attempt()).put("class", failed.failureClass().name()).put("why", failed.why()));
    call.json(200, shape);
  }

  private static JsonNode payload(String text) {
    try {
      return Json.parse(text);
    } catch (FairwayException e) {
      return Json.mapper().getNodeFactory().stringNode(text);
    }
  }

  private void edit(Call call) throws IOException {
    letters.edit(id(call), call.bytes(), call.caller().subject());
    call.empty(204);
  }

  private void tryDry(Call call) throws IOException {
    DeadLetters.Tried tried = letters.tryDry(id(call), call.caller().subject());
    call.json(200, Json.object().put("outcome", tried.outcome()).put("why", tried.why()));
  }

  private void one(Call call, Act act) {
    act.apply(id(call), call.caller().subject());
    call.empty(204);
  }

  private void many(Call call, BulkAct act) throws IOException {
    JsonNode body = call.json();
    if (!body.isObject()) {
      throw new FairwayException(ErrorCode.INVALID, "say which dead letters as a JSON object; {} means all of them");
    }
    // A misspelt restriction must not turn into no restriction.
    body.propertyNames().stream().filter(name -> !RESTRICTIONS.contains(name)).findFirst().ifPresent(name -> {
      throw new FairwayException(ErrorCode.INVALID, name + " restricts nothing; use " + RESTRICTIONS);
    });
    Filter filter = new Filter(text(body, "kind"), text(body, "key"), text(body, "cause"), text(body, "text"));
    call.json(200, Json.object().put("count", act.apply(filter, call.caller().subject())));
  }

  private static Optional<String> text(JsonNode body, String name) {
    JsonNode value = body.path(name);
    if (!value.isString() && !value.isMissingNode()) {
      throw new FairwayException(ErrorCode.INVALID, name + " must be a string");
    }
    return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
  }

  private void audit(Call call) throws IOException {
    int limit = (int) JournalDoor.number(call, "limit", 50, 1, PAGE);
    List<Audit.Entry> entries = audit.list(call.query("target"),
        JournalDoor.number(call, "cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE), limit);
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("items");
    entries.forEach(entry -> items.addObject().put("at", entry.at().toString()).put("actor", entry.actor())
        .put("act", entry.act()).put("target", entry.target()).put("detail", entry.detail()));
    if (entries.size() == limit) {
      page.put("next_cursor", Long.toString(entries.getLast().seq()));
    }
    call.json(200, page);
  }

  private static WorkId id(Call call) {
    try {
      return WorkId.parse(call.param("id"));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.NOT_FOUND,
          "\"" + call.param("id") + "\" names no dead letter; ids are UUIDs", e);
    }
  }

  /** Something done to one letter. */
  private interface Act {
    void apply(WorkId id, String actor);
  }

  /** Something done to all letters that match. */
  private interface BulkAct {
    long apply(Filter filter, String actor);
  }
}
