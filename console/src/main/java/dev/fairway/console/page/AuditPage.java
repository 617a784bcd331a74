package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.store.Audit;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who did what by hand. */
public final class AuditPage implements ConsolePage {
  private static final int ROWS = 100;

  private final Audit audit;
  private final InstantSource clock;

  public AuditPage(Audit audit, InstantSource clock) {
    this.audit = audit;
    this.clock = clock;
  }

  /** The list. */
  public record Listing(List<Audit.Entry> entries, Optional<String> older, Instant now) {}

  @Override
  public String title() {
    return "Audit";
  }

  @Override
  public String path() {
    return "/audit";
  }

  @Override
  public List<String> follows() {
    return List.of("work.redriven", "work.discarded", "websub.subscription.ended", "exchange.document.withdrawn",
        "exchange.channel.maintenance");
  }

  @Override
  public View show(Visit visit) {
    long before = visit.asked("before").filter(text -> text.matches("\\d{1,18}")).map(Long::parseLong)
        .orElse(Long.MAX_VALUE);
    List<Audit.Entry> entries = audit.list(Optional.empty(), before, ROWS + 1);
    boolean more = entries.size() > ROWS;
    List<Audit.Entry> page = more ? entries.subList(0, ROWS) : entries;
    Optional<String> older = more ? Optional.of("/audit?before=" + page.getLast().seq()) : Optional.empty();
    return new View("Audit", Templates.of("audit", Map.of("listing", new Listing(page, older, clock.instant()))),
        visit.curl("/api/audit?limit=" + ROWS));
  }
}
