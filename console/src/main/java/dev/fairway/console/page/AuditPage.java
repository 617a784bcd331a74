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
  public record Listing(List<Audit.Entry> entries, Instant now) {}

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
    return List.of("work.redriven", "work.discarded", "websub.subscription.ended", "exchange.document.withdrawn");
  }

  @Override
  public View show(Visit visit) {
    return new View("Audit",
        Templates.of("audit",
            Map.of("listing", new Listing(audit.list(Optional.empty(), Long.MAX_VALUE, ROWS), clock.instant()))),
        visit.curl("/api/audit"));
  }
}
