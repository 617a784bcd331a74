package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.console.Wording;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.work.WorkId;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.DeadLetters.Filter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What was set aside, by cause; and for each letter its payload, its errors, and what can be done with it. */
public final class DeadLettersPage implements ConsolePage {
  private static final int ROWS = 50;

  private final DeadLetters dead;
  private final InstantSource clock;

  public DeadLettersPage(DeadLetters dead, InstantSource clock) {
    this.dead = dead;
    this.clock = clock;
  }

  /** Letters of one kind with one cause. */
  public record Group(String kind, String cause, long count, Instant first, Instant last, String link) {}

  /** One line of the list. */
  public record Row(String id, String kind, String key, int attempts, String cause, Instant diedAt) {}

  /** The list. */
  public record Listing(List<Group> groups, List<Row> rows, Optional<String> next, long count, String kind,
      String cause, String text, String guard, Instant now) {}

  /** One failed attempt. */
  public record Failed(Instant at, int attempt, String failureClass, String why) {}

  /** One letter. */
  public record Opened(Row row, String payload, List<Failed> failures, Instant enqueuedAt, String guard, Instant now) {}

  @Override
  public String title() {
    return "Dead letters";
  }

  @Override
  public String path() {
    return "/dead";
  }

  @Override
  public List<String> follows() {
    return List.of("work.dead", "work.redriven", "work.discarded");
  }

  @Override
  public long badge() {
    return dead.count(Filter.ALL);
  }

  @Override
  public Map<String, Act> acts() {
    Map<String, Act> acts = new LinkedHashMap<>();
    acts.put("try", this::tryDry);
    acts.put("redrive", this::redrive);
    acts.put("discard", this::discard);
    acts.put("edit", this::edit);
    acts.put("redrive-all", visit -> all(dead.redrive(filter(visit.form()::get), actor(visit)), "released"));
    acts.put("discard-all", visit -> all(dead.discard(filter(visit.form()::get), actor(visit)), "discarded"));
    return acts;
  }

  @Override
  public View show(Visit visit) {
    return visit.item().isPresent() ? open(visit, visit.item().get()) : list(visit);
  }

  private View list(Visit visit) {
    Filter filter = filter(visit::asked);
    long after = visit.asked("after").filter(text -> text.matches("\\d{1,18}")).map(Long::parseLong).orElse(0L);
    List<DeadLetters.Letter> letters = dead.list(filter, after, ROWS);
    String query = query(filter);
    List<Group> groups = dead.groups().stream().map(group -> new Group(group.kind(), group.cause(), group.count(),
        group.first(), group.last(), "/dead?kind=" + MessagesPage.encode(group.kind()) + "&cause="
            + MessagesPage.encode(group.cause())))
        .toList();
    Listing listing = new Listing(groups, letters.stream().map(DeadLettersPage::row).toList(),
        letters.size() < ROWS ? Optional.empty() : Optional.of("/dead?after=" + letters.getLast().place() + query),
        dead.count(filter), filter.kind().orElse(""), filter.cause().orElse(""), filter.text().orElse(""),
        visit.guard(), clock.instant());
    return new View("Dead letters", Templates.of("dead", Map.of("listing", listing)),
        visit.curl("/api/dead" + (query.isEmpty() ? "" : "?" + query.substring(1))));
  }

  private View open(Visit visit, String item) {
    WorkId id = id(item);
    DeadLetters.Opened opened = dead.show(id).orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND,
        "there is no dead letter " + id + "; it may have been released or discarded"));
    Opened model = new Opened(row(opened.letter()), pretty(opened.text()),
        opened.failures().reversed().stream()
            .map(f -> new Failed(f.at(), f.attempt(), Wording.word(f.failureClass()), f.why())).toList(),
        opened.letter().enqueuedAt(), visit.guard(), clock.instant());
    return new View("Dead letter " + Wording.brief(item), Templates.of("letter", Map.of("opened", model)),
        visit.curl("/api/dead/" + id));
  }

  private Notice tryDry(Visit visit) {
    WorkId id = id(visit.field("id"));
    DeadLetters.Tried tried = dead.tryDry(id, actor(visit));
    String why = tried.why().isEmpty() ? "" : ": " + tried.why();
    return new Notice("Tried dry, nothing was sent. Outcome " + tried.outcome() + why, "/dead/" + id);
  }

  private Notice redrive(Visit visit) {
    dead.redrive(id(visit.field("id")), actor(visit));
    return new Notice("Released; it runs again now.", "/dead");
  }

  private Notice discard(Visit visit) {
    dead.discard(id(visit.field("id")), actor(visit));
    return new Notice("Discarded. The audit keeps its payload.", "/dead");
  }

  private Notice edit(Visit visit) {
    WorkId id = id(visit.field("id"));
    dead.edit(id, visit.field("payload").getBytes(StandardCharsets.UTF_8), actor(visit));
    return new Notice("Saved. Try it dry, or release it.", "/dead/" + id);
  }

  private static Notice all(long count, String what) {
    return new Notice(count + (count == 1 ? " letter " : " letters ") + what + ".", "/dead");
  }

  private static String actor(Visit visit) {
    return visit.caller().subject();
  }

  private interface Fields {
    Optional<String> get(String name);
  }

  private static Filter filter(Fields fields) {
    return new Filter(some(fields, "kind"), Optional.empty(), some(fields, "cause"), some(fields, "text"));
  }

  private static Optional<String> some(Fields fields, String name) {
    return fields.get(name).filter(text -> !text.isBlank());
  }

  private static String query(Filter filter) {
    return filter.kind().map(k -> "&kind=" + MessagesPage.encode(k)).orElse("")
        + filter.cause().map(c -> "&cause=" + MessagesPage.encode(c)).orElse("")
        + filter.text().map(t -> "&text=" + MessagesPage.encode(t)).orElse("");
  }

  private static Row row(DeadLetters.Letter letter) {
    return new Row(letter.id().toString(), letter.kind(), letter.key().orElse(""), letter.attempts(), letter.cause(),
        letter.diedAt());
  }

  private static WorkId id(String text) {
    try {
      return new WorkId(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.NOT_FOUND, "\"" + text + "\" is not the id of a dead letter", e);
    }
  }

  private static String pretty(String payload) {
    try {
      return MessagesPage.pretty(payload);
    } catch (FairwayException e) {
      return payload;
    }
  }
}
