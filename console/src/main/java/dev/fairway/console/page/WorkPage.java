package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.console.Wording;
import dev.fairway.store.WorkOverview;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What waits and runs, by kind. */
public final class WorkPage implements ConsolePage {
  private static final int ROWS = 50;

  private final WorkOverview work;
  private final InstantSource clock;

  public WorkPage(WorkOverview work, InstantSource clock) {
    this.work = work;
    this.clock = clock;
  }

  /** One kind. */
  public record Kind(String name, long ready, long running, long behind, long scheduled, long dead, String oldest) {}

  /** One piece. */
  public record Piece(String id, String kind, String key, String state, Tone tone, int attempts, String failure,
      Instant due) {}

  /** The page. */
  public record Listing(List<Kind> kinds, List<Piece> pieces, Optional<String> next, String kind, Instant now) {}

  @Override
  public String title() {
    return "Work";
  }

  @Override
  public String path() {
    return "/work";
  }

  @Override
  public List<String> follows() {
    return List.of("exchange", "websub", "work", "request", "connector", "datatrust", "automation");
  }

  @Override
  public View show(Visit visit) {
    Optional<String> kind = visit.asked("kind");
    long after = visit.asked("after").filter(text -> text.matches("\\d{1,18}")).map(Long::parseLong).orElse(0L);
    List<WorkOverview.Piece> found = living(kind, after);
    List<WorkOverview.Piece> page = found.stream().limit(ROWS).toList();
    Optional<String> next = found.size() <= ROWS
        ? Optional.empty()
        : Optional.of("/work?after=" + page.getLast().place()
            + kind.map(name -> "&kind=" + MessagesPage.encode(name)).orElse(""));
    Listing listing = new Listing(kinds(), page.stream().map(WorkPage::piece).toList(), next, kind.orElse(""),
        clock.instant());
    return new View("Work", Templates.of("work", Map.of("listing", listing)), visit.curl("/api/work"));
  }

  /** One more than a page of what is not dead: any number of dead letters may lie between two pieces of work. */
  private List<WorkOverview.Piece> living(Optional<String> kind, long after) {
    return Arrays.stream(WorkOverview.State.values()).filter(state -> state != WorkOverview.State.DEAD)
        .flatMap(state -> work.list(kind, Optional.of(state), after, ROWS + 1).stream())
        .sorted(Comparator.comparingLong(WorkOverview.Piece::place)).limit(ROWS + 1).toList();
  }

  private List<Kind> kinds() {
    Map<String, EnumMap<WorkOverview.State, WorkOverview.Count>> byKind = new TreeMap<>();
    for (WorkOverview.Count count : work.counts()) {
      byKind.computeIfAbsent(count.kind(), _ -> new EnumMap<>(WorkOverview.State.class)).put(count.state(), count);
    }
    List<Kind> kinds = new ArrayList<>();
    byKind.forEach((name, counts) -> {
      WorkOverview.Count ready = counts.get(WorkOverview.State.READY);
      kinds.add(new Kind(name, count(counts, WorkOverview.State.READY), count(counts, WorkOverview.State.LEASED),
          count(counts, WorkOverview.State.BEHIND), count(counts, WorkOverview.State.SCHEDULED),
          count(counts, WorkOverview.State.DEAD),
          ready == null || ready.oldest().compareTo(Duration.ofSeconds(1)) < 0
              ? "–"
              : Wording.duration(ready.oldest())));
    });
    return kinds;
  }

  private static long count(Map<WorkOverview.State, WorkOverview.Count> counts, WorkOverview.State state) {
    WorkOverview.Count count = counts.get(state);
    return count == null ? 0 : count.count();
  }

  private static Piece piece(WorkOverview.Piece piece) {
    Tone tone = switch (piece.state()) {
      case LEASED -> Tone.BUSY;
      case DEAD -> Tone.BAD;
      case SCHEDULED -> piece.previous().isPresent() ? Tone.WARN : Tone.PLAIN;
      case READY, BEHIND -> Tone.PLAIN;
    };
    String state = switch (piece.state()) {
      case LEASED -> "running";
      case READY -> "waiting";
      case SCHEDULED -> "later";
      case BEHIND -> "behind another";
      case DEAD -> "dead";
    };
    return new Piece(piece.id().toString(), piece.kind(), piece.key().orElse(""), state, tone, piece.attempts(),
        piece.previous().map(Wording::word).orElse(""), piece.due());
  }
}
