package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.core.journal.Journal;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.WorkOverview;
import dev.fairway.web.Health;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The node at one glance: is it well, what waits, what failed, what happened last. */
public final class OverviewPage implements ConsolePage {
  private static final int LATEST = 12;

  private final Health health;
  private final WorkOverview work;
  private final DeadLetters dead;
  private final Journal journal;
  private final InstantSource clock;

  public OverviewPage(Health health, WorkOverview work, DeadLetters dead, Journal journal, InstantSource clock) {
    this.health = health;
    this.work = work;
    this.dead = dead;
    this.journal = journal;
    this.clock = clock;
  }

  /** One figure. */
  public record Figure(String title, String value, String note, Tone tone, String link) {}

  /** One check of the node's health. */
  public record Check(String name, String trouble) {}

  /** The page. */
  public record Glance(boolean well, List<Check> checks, List<Figure> figures, List<JournalPage.Row> latest,
      Instant now) {}

  @Override
  public String title() {
    return "Overview";
  }

  @Override
  public String path() {
    return "/";
  }

  @Override
  public List<String> follows() {
    return List.of("exchange", "websub", "work", "request", "connector", "datatrust", "automation");
  }

  @Override
  public View show(Visit visit) {
    Map<String, String> troubles = health.troubles();
    List<Check> checks = new ArrayList<>();
    health.names().forEach(name -> checks.add(new Check(name, troubles.getOrDefault(name, ""))));
    long end = journal.end();
    Glance glance = new Glance(troubles.isEmpty(), checks, figures(end),
        JournalPage.rows(JournalPage.newest(journal, end, LATEST)), clock.instant());
    return new View("Overview", Templates.of("overview", Map.of("glance", glance)), visit.curl("/health/ready"));
  }

  private List<Figure> figures(long end) {
    long running = 0;
    long waiting = 0;
    long later = 0;
    Duration oldest = Duration.ZERO;
    for (WorkOverview.Count count : work.counts()) {
      switch (count.state()) {
        case LEASED -> running += count.count();
        case READY, BEHIND -> {
          waiting += count.count();
          oldest = count.oldest().compareTo(oldest) > 0 ? count.oldest() : oldest;
        }
        case SCHEDULED -> later += count.count();
        case DEAD -> {
          // Counted by the dead letters themselves.
        }
      }
    }
    long letters = dead.count(DeadLetters.Filter.ALL);
    boolean slow = oldest.compareTo(Duration.ofMinutes(1)) > 0;
    return List.of(
        new Figure("Waiting now", Long.toString(waiting),
            waiting == 0 ? "nothing is due" : "oldest " + dev.fairway.console.Wording.duration(oldest),
            slow ? Tone.WARN : Tone.PLAIN, "/work"),
        new Figure("Running", Long.toString(running), "in hand at this moment", running > 0 ? Tone.BUSY : Tone.PLAIN,
            "/work"),
        new Figure("Later", Long.toString(later), "due at a known time", Tone.PLAIN, "/work"),
        new Figure("Dead letters", Long.toString(letters), letters == 0 ? "none" : "someone should look",
            letters == 0 ? Tone.GOOD : Tone.BAD, "/dead"),
        new Figure("Events", Long.toString(end), "in the journal", Tone.PLAIN, "/journal"));
  }
}
