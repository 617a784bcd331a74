package dev.fairway.console.page;

import dev.fairway.automation.runtime.KnownRequest;
import dev.fairway.automation.runtime.RequestBook;
import dev.fairway.automation.runtime.RequestDesk;
import dev.fairway.automation.runtime.RequestReason;
import dev.fairway.automation.runtime.RequestState;
import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.console.Wording;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.store.DeadLetters;
import dev.fairway.web.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Requests on ledgers: what became of each, and what can be done with those that were set aside. */
public final class RequestsPage implements ConsolePage {
  private static final int ROWS = 50;

  private final RequestBook book;
  private final RequestDesk desk;
  private final DeadLetters letters;
  private final InstantSource clock;

  /** One line of the list. {@code state} is its word, {@code reason} empty while there is none. */
  public record Row(String contract, String integration, String template, String state, Tone tone, int attempts,
      String reason, Instant changed) {
    /** Its own page. */
    public String link() {
      return to(contract);
    }
  }

  /** One failed attempt. */
  public record Failed(Instant at, int attempt, String failureClass, String why) {}

  /** One request; payload and failures are there when it was set aside. */
  public record Detail(Row row, String payload, List<Failed> failures, Instant firstSeen) {}

  /** A state to choose, and how many requests are in it. */
  public record Choice(String state, long count, boolean chosen) {}

  /** The list. */
  public record Listing(List<Choice> choices, List<DeadLetters.Group> groups, List<Row> rows, Optional<String> older,
      String guard, Instant now) {}

  /** One request. */
  public record Opened(Detail detail, boolean aside, String guard, Instant now) {}

  /** @param letters those of the same store that the desk works on */
  public RequestsPage(RequestBook book, RequestDesk desk, DeadLetters letters, InstantSource clock) {
    this.book = book;
    this.desk = desk;
    this.letters = letters;
    this.clock = clock;
  }

  @Override
  public String title() {
    return "Requests";
  }

  @Override
  public String path() {
    return "/request";
  }

  @Override
  public List<String> follows() {
    return List.of("request.");
  }

  @Override
  public long badge() {
    return desk.groups().stream().mapToLong(DeadLetters.Group::count).sum();
  }

  @Override
  public Map<String, Act> acts() {
    Map<String, Act> acts = new LinkedHashMap<>();
    acts.put("try", this::tryDry);
    acts.put("release", visit -> done(visit, desk::release, "Released; it is tried again now."));
    acts.put("discard", visit -> done(visit, desk::discard, "Dropped; nobody tries it again."));
    acts.put("reject", this::reject);
    acts.put("replace", this::replace);
    acts.put("release-all", this::releaseAll);
    return acts;
  }

  @Override
  public View show(Visit visit) {
    return visit.item().isPresent() ? open(visit, visit.item().get()) : list(visit);
  }

  private View list(Visit visit) {
    Optional<String> state = visit.asked("state");
    List<Choice> choices = book.counts().entrySet().stream().map(entry -> new Choice(entry.getKey().word(),
        entry.getValue(), state.filter(entry.getKey().word()::equals).isPresent())).toList();
    int from = visit.asked("from").filter(text -> text.matches("\\d{1,6}")).map(Integer::parseInt).orElse(0);
    List<KnownRequest> newest = state.flatMap(RequestState::of).map(book::newest).orElseGet(book::newest);
    List<Row> rows = newest.stream().skip(from).limit(ROWS).map(RequestsPage::row).toList();
    Optional<String> older = from + ROWS >= newest.size()
        ? Optional.empty()
        : Optional.of("/request?from=" + (from + ROWS)
            + state.map(word -> "&state=" + MessagesPage.encode(word)).orElse(""));
    var listing = new Listing(choices, desk.groups(), rows, older, visit.guard(), clock.instant());
    return new View("Requests", Templates.of("requests", Map.of("listing", listing)),
        visit.curl("/api/requests" + state.map(word -> "?state=" + MessagesPage.encode(word)).orElse("")));
  }

  private View open(Visit visit, String contract) {
    RequestDesk.Opened found = desk.open(contract);
    Detail detail = detail(found);
    boolean aside = found.request().state() == RequestState.QUARANTINED;
    var opened = new Opened(detail, aside, visit.guard(), clock.instant());
    return new View("Request " + Wording.brief(contract), Templates.of("request", Map.of("opened", opened)),
        visit.curl("/api/requests/" + MessagesPage.encode(contract)));
  }

  private static Row row(KnownRequest request) {
    return new Row(request.contractId(), request.integration(), TemplateId.parse(request.template()).name(),
        request.state().word(), tone(request.state()), request.attempts(),
        request.reason().map(reason -> reason.code() + ": " + reason.message()).orElse(""), request.changed());
  }

  private static Tone tone(RequestState state) {
    return switch (state) {
      case READY, SUBMITTING -> Tone.BUSY;
      case ACCEPTED -> Tone.GOOD;
      case REJECTED, CANCELLED -> Tone.PLAIN;
      case QUARANTINED -> Tone.BAD;
    };
  }

  private static Detail detail(RequestDesk.Opened found) {
    List<Failed> failures = found.letter().map(DeadLetters.Opened::failures).orElse(List.of()).reversed().stream()
        .map(failed -> new Failed(failed.at(), failed.attempt(), Wording.word(failed.failureClass()), failed.why()))
        .toList();
    String payload = found.payload().map(JsonNode::toPrettyString).orElse("");
    return new Detail(row(found.request()), payload, failures, found.request().firstSeen());
  }

  private static String actor(Visit visit) {
    return visit.caller().subject();
  }

  private static String to(String contract) {
    return "/request/" + MessagesPage.encode(contract);
  }

  private Notice tryDry(Visit visit) {
    String contract = visit.field("contract");
    DeadLetters.Tried tried = desk.tryDry(contract, actor(visit));
    return new Notice("Tried dry, nothing was sent. Outcome " + tried.outcome()
        + (tried.why().isEmpty() ? "" : ": " + tried.why()), to(contract));
  }

  /** Something done to one request. */
  private interface OnOne {
    void apply(String contract, String actor);
  }

  private static Notice done(Visit visit, OnOne act, String text) {
    String contract = visit.field("contract");
    act.apply(contract, actor(visit));
    return new Notice(text, to(contract));
  }

  private Notice reject(Visit visit) {
    String contract = visit.field("contract");
    var reason = new RequestReason(visit.field("code"), visit.field("message"), Map.of(), false);
    desk.reject(contract, reason, actor(visit));
    return new Notice("Turned down; its requester reads the reason on the ledger.", to(contract));
  }

  private Notice replace(Visit visit) {
    String contract = visit.field("contract");
    JsonNode argument = Json.parse(visit.field("argument"));
    if (!argument.isObject()) {
      throw new FairwayException(ErrorCode.INVALID, "a choice's argument is a JSON object");
    }
    desk.replace(contract, visit.field("choice"), argument, actor(visit));
    return new Notice("Replaced; the other request takes its own way.", "/request");
  }

  private Notice releaseAll(Visit visit) {
    var filter = new DeadLetters.Filter(Optional.of(visit.field("kind")), Optional.empty(),
        Optional.of(visit.field("cause")), Optional.empty());
    long count = letters.redrive(filter, actor(visit));
    return new Notice(count + (count == 1 ? " request is" : " requests are") + " tried again now.", "/request");
  }
}
