package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
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
  private final Source source;
  private final InstantSource clock;

  /** Whoever knows the requests. Acts throw {@link FairwayException} to be told to the operator. */
  public interface Source {
    /** How many are in each state, by the state's word, in the order they are shown. */
    Map<String, Long> counts();

    /** The newest, of one state if it is given. */
    List<Row> newest(Optional<String> state);

    /** Those that were set aside, by cause. */
    List<DeadLetters.Group> groups();

    /** @throws FairwayException with {@code NOT_FOUND} */
    Detail open(String contract);

    DeadLetters.Tried tryDry(String contract, String actor);

    void release(String contract, String actor);

    void discard(String contract, String actor);

    void reject(String contract, String code, String message, String actor);

    void replace(String contract, String choice, JsonNode argument, String actor);

    /** How many. */
    long releaseAll(String kind, String cause, String actor);
  }

  /** One line of the list. {@code state} is its word, {@code reason} empty while there is none. */
  public record Row(String contract, String integration, String template, String state, Tone tone, int attempts,
      String reason, Instant changed) {
    /** Its own page. */
    public String link() {
      return to(contract);
    }

    /** What is left of a long contract id. */
    public String brief() {
      return contract.length() <= 18
          ? contract
          : contract.substring(0, 8) + "…" + contract.substring(contract.length() - 8);
    }
  }

  /** One failed attempt. */
  public record Failed(Instant at, int attempt, String failureClass, String why) {}

  /** One request; payload and failures are there when it was set aside. */
  public record Detail(Row row, String payload, List<Failed> failures, Instant firstSeen) {}

  /** A state to choose, and how many requests are in it. */
  public record Choice(String state, long count, boolean chosen) {}

  /** The list. */
  public record Listing(List<Choice> choices, List<DeadLetters.Group> groups, List<Row> rows, String guard,
      Instant now) {}

  /** One request. */
  public record Opened(Detail detail, boolean aside, String guard, Instant now) {}

  public RequestsPage(Source source, InstantSource clock) {
    this.source = source;
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
    return source.groups().stream().mapToLong(DeadLetters.Group::count).sum();
  }

  @Override
  public Map<String, Act> acts() {
    Map<String, Act> acts = new LinkedHashMap<>();
    acts.put("try", this::tryDry);
    acts.put("release", visit -> done(visit, source::release, "Released; it is tried again now."));
    acts.put("discard", visit -> done(visit, source::discard, "Dropped; nobody tries it again."));
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
    List<Choice> choices = source.counts().entrySet().stream()
        .map(entry -> new Choice(entry.getKey(), entry.getValue(), state.filter(entry.getKey()::equals).isPresent()))
        .toList();
    var listing = new Listing(choices, source.groups(), source.newest(state), visit.guard(), clock.instant());
    return new View("Requests", Templates.of("requests", Map.of("listing", listing)),
        visit.curl("/api/requests" + state.map(word -> "?state=" + MessagesPage.encode(word)).orElse("")));
  }

  private View open(Visit visit, String contract) {
    Detail detail = source.open(contract);
    var opened = new Opened(detail, detail.row().state().equals("quarantined"), visit.guard(), clock.instant());
    return new View("Request " + detail.row().brief(), Templates.of("request", Map.of("opened", opened)),
        visit.curl("/api/requests/" + MessagesPage.encode(contract)));
  }

  private static String actor(Visit visit) {
    return visit.caller().subject();
  }

  private static String to(String contract) {
    return "/request/" + MessagesPage.encode(contract);
  }

  private Notice tryDry(Visit visit) {
    String contract = visit.field("contract");
    DeadLetters.Tried tried = source.tryDry(contract, actor(visit));
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
    source.reject(contract, visit.field("code"), visit.field("message"), actor(visit));
    return new Notice("Turned down; its requester reads the reason on the ledger.", to(contract));
  }

  private Notice replace(Visit visit) {
    String contract = visit.field("contract");
    JsonNode argument = Json.parse(visit.field("argument"));
    if (!argument.isObject()) {
      throw new FairwayException(ErrorCode.INVALID, "a choice's argument is a JSON object");
    }
    source.replace(contract, visit.field("choice"), argument, actor(visit));
    return new Notice("Replaced; the other request takes its own way.", "/request");
  }

  private Notice releaseAll(Visit visit) {
    long count = source.releaseAll(visit.field("kind"), visit.field("cause"), actor(visit));
    return new Notice(count + (count == 1 ? " request is" : " requests are") + " tried again now.", "/request");
  }
}
