package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.Journal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What has happened, the newest first. */
public final class JournalPage implements ConsolePage {
  private static final int ROWS = 100;

  private final Journal journal;
  private final InstantSource clock;

  public JournalPage(Journal journal, InstantSource clock) {
    this.journal = journal;
    this.clock = clock;
  }

  /** One event. */
  public record Row(long offset, String type, String subject, Optional<String> link, Instant at, String body) {}

  /** A page of events. */
  public record Listing(List<Row> rows, Optional<String> older, Instant now) {}

  @Override
  public String title() {
    return "Journal";
  }

  @Override
  public String path() {
    return "/journal";
  }

  @Override
  public List<String> follows() {
    // Every type begins with nothing; one prefix cannot be empty in an attribute, so each letter is named.
    return "abcdefghijklmnopqrstuvwxyz".chars().mapToObj(Character::toString).toList();
  }

  @Override
  public View show(Visit visit) {
    long end = visit.asked("before").filter(text -> text.matches("\\d{1,18}")).map(text -> Long.parseLong(text) - 1)
        .orElseGet(journal::end);
    List<Event> events = newest(journal, end, ROWS);
    Optional<String> older = events.isEmpty() || events.getFirst().offset() <= 1
        ? Optional.empty()
        : Optional.of("/journal?before=" + events.getFirst().offset());
    return new View("Journal",
        Templates.of("journal", Map.of("listing", new Listing(rows(events), older, clock.instant()))),
        visit.curl("/api/journal?after=" + Math.max(0, end - ROWS)));
  }

  /** Events up to an offset, oldest first. */
  static List<Event> newest(Journal journal, long end, int limit) {
    if (end <= 0) {
      return List.of();
    }
    try {
      return journal.read(Math.max(0, end - limit), limit).stream().filter(event -> event.offset() <= end).toList();
    } catch (FairwayException e) {
      if (e.code() == ErrorCode.CONFLICT) {
        return List.of();
      }
      throw e;
    }
  }

  static List<Row> rows(List<Event> events) {
    return events.reversed().stream().map(event -> new Row(event.offset(), event.type(), event.subject(),
        link(event), event.time(), event.body())).toList();
  }

  private static Optional<String> link(Event event) {
    if (event.type().startsWith("exchange.message.")) {
      return Optional.of("/messages/" + event.subject());
    }
    if (event.type().startsWith("exchange.document.")) {
      return Optional.of("/documents/" + event.subject());
    }
    return event.type().equals("work.dead") ? Optional.of("/dead/" + event.subject()) : Optional.empty();
  }
}
