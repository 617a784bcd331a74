package dev.fairway.console.page;

import dev.fairway.automation.installed.Installations;
import dev.fairway.automation.installed.Standing;
import dev.fairway.automation.runtime.RecentCalls;
import dev.fairway.automation.runtime.RunningIntegration;
import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.store.WorkOverview;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The integrations of the node: whether they run, what they do, what failed, and their start and stop. */
public final class IntegrationsPage implements ConsolePage {
  private static final RunningIntegration.Totals NOTHING = new RunningIntegration.Totals(0, 0, 0);

  private final Installations installations;
  private final WorkOverview work;
  private final InstantSource clock;

  public IntegrationsPage(Installations installations, WorkOverview work, InstantSource clock) {
    this.installations = installations;
    this.work = work;
    this.clock = clock;
  }

  /** One line of the list. */
  public record Row(String id, String type, String ledger, String party, String state, Tone tone, String trouble,
      long calls, long commands, long errors) {}

  /** The list. */
  public record Listing(List<Row> rows) {}

  /**
   * Work of an integration.
   *
   * @param kind of which kind
   * @param letters where what was set aside is shown
   */
  public record Waiting(String kind, long waiting, long running, long dead, String letters) {}

  /**
   * One integration.
   *
   * @param fixed whether it is changed in the node's settings only
   * @param enabled whether it is meant to run
   */
  public record Opened(Row row, boolean fixed, boolean enabled, boolean runs, int logLevel,
      Map<String, String> settings, List<RunningIntegration.Tally> handlers, List<Waiting> waiting,
      List<RecentCalls.Made> recent, String guard, Instant now) {}

  @Override
  public String title() {
    return "Integrations";
  }

  /* Below /integrations are the integrations' own webhooks. */
  @Override
  public String path() {
    return "/automation";
  }

  @Override
  public List<String> follows() {
    return List.of("automation", "ledger.transaction", "work.dead");
  }

  @Override
  public long badge() {
    return installations.all().stream().filter(standing -> standing.failure().isPresent()).count();
  }

  @Override
  public Map<String, Act> acts() {
    Map<String, Act> acts = new LinkedHashMap<>();
    acts.put("start", visit -> act(visit, installations::start));
    acts.put("stop", visit -> act(visit, installations::stop));
    acts.put("restart", visit -> act(visit, installations::restart));
    acts.put("log-level", this::logLevel);
    return acts;
  }

  @Override
  public View show(Visit visit) {
    return visit.item().isPresent() ? open(visit, installations.find(visit.item().get())) : list(visit);
  }

  private View list(Visit visit) {
    var listing = new Listing(installations.all().stream().map(IntegrationsPage::row).toList());
    return new View("Integrations", Templates.of("integrations", Map.of("listing", listing)),
        visit.curl("/api/integrations"));
  }

  private View open(Visit visit, Standing standing) {
    String id = standing.config().id();
    var opened = new Opened(row(standing), standing.fixed(), standing.enabled(), standing.running().isPresent(),
        standing.running().map(RunningIntegration::logLevel).orElse(0), standing.shownSettings(),
        standing.running().map(RunningIntegration::tallies).orElse(List.of()), waiting(id),
        standing.running().map(RunningIntegration::recent).orElse(List.of()), visit.guard(), clock.instant());
    return new View("Integration " + id, Templates.of("integration", Map.of("opened", opened)),
        visit.curl("/api/integrations/" + id));
  }

  private List<Waiting> waiting(String id) {
    String own = "automation." + id + ".";
    Map<String, long[]> byKind = new LinkedHashMap<>();
    for (WorkOverview.Count count : work.counts()) {
      if (count.kind().startsWith(own)) {
        long[] counts = byKind.computeIfAbsent(count.kind(), _ -> new long[3]);
        counts[switch (count.state()) {
          case READY, SCHEDULED, BEHIND -> 0;
          case LEASED -> 1;
          case DEAD -> 2;
        }] += count.count();
      }
    }
    return byKind.entrySet().stream().map(entry -> new Waiting(entry.getKey().substring(own.length()),
        entry.getValue()[0], entry.getValue()[1], entry.getValue()[2],
        "/dead?kind=" + MessagesPage.encode(entry.getKey()))).toList();
  }

  private Notice act(Visit visit, BiFunction<String, String, Standing> act) {
    Standing now = act.apply(visit.field("id"), visit.caller().subject());
    return new Notice(now.config().id() + " is " + now.state() + ".", path() + "/" + now.config().id());
  }

  private Notice logLevel(Visit visit) {
    String id = visit.field("id");
    String level = visit.field("level").strip();
    if (!level.matches("[0-9]{1,3}")) {
      throw new FairwayException(ErrorCode.INVALID, "a log level is 0 to 50, not \"" + level + "\"");
    }
    installations.logLevel(id, Integer.parseInt(level), visit.caller().subject());
    return new Notice(id + " logs at " + level + " from now on.", path() + "/" + id);
  }

  private static Row row(Standing standing) {
    RunningIntegration.Totals totals = standing.running().map(RunningIntegration::totals).orElse(NOTHING);
    Tone tone = switch (standing.state()) {
      case "running" -> standing.failure().isPresent() ? Tone.WARN : Tone.GOOD;
      case "starting" -> standing.failure().isPresent() ? Tone.BAD : Tone.BUSY;
      case "failed" -> Tone.BAD;
      default -> Tone.PLAIN;
    };
    return new Row(standing.config().id(), standing.config().type(), standing.config().ledger(),
        standing.config().party().name(), standing.state(), tone, standing.failure().orElse(""), totals.calls(),
        totals.commands(), totals.errors());
  }
}
