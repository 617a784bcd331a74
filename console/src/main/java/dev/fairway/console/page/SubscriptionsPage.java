package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.websub.hub.Hub;
import dev.fairway.websub.hub.Subscription;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who is told of what, and whether they listen. */
public final class SubscriptionsPage implements ConsolePage {
  private static final int ROWS = 100;

  private final List<Hub> hubs;
  private final InstantSource clock;

  /** @param hubs the hubs of the node: one for messages, and one for each channel endpoint */
  public SubscriptionsPage(List<Hub> hubs, InstantSource clock) {
    this.hubs = List.copyOf(hubs);
    this.clock = clock;
  }

  /** One line of the list. */
  public record Row(String id, String scope, String topic, String callback, String owner, Instant confirmedAt,
      Instant expiresAt, String state, Tone tone, String trouble) {}

  /** The list. */
  public record Listing(List<Row> rows, List<More> more, String guard, Instant now) {}

  /** Where a hub's subscriptions go on. */
  public record More(String scope, String link) {}

  @Override
  public String title() {
    return "Subscriptions";
  }

  @Override
  public String path() {
    return "/subscriptions";
  }

  @Override
  public List<String> follows() {
    return List.of("websub", "work.dead");
  }

  @Override
  public Map<String, Act> acts() {
    return Map.of("end", this::end);
  }

  @Override
  public View show(Visit visit) {
    Instant now = clock.instant();
    Optional<String> only = visit.asked("scope");
    List<Row> rows = new ArrayList<>();
    List<More> more = new ArrayList<>();
    for (Hub hub : hubs) {
      String scope = hub.config().scope();
      if (only.isEmpty() || only.get().equals(scope)) {
        List<Subscription> found = hub.list(Optional.empty(), visit.asked("after").orElse(""), ROWS + 1);
        found.stream().limit(ROWS).forEach(subscription -> rows.add(row(subscription, now)));
        if (found.size() > ROWS) {
          more.add(new More(scope, "/subscriptions?scope=" + MessagesPage.encode(scope) + "&after="
              + MessagesPage.encode(found.get(ROWS - 1).id())));
        }
      }
    }
    return new View("Subscriptions",
        Templates.of("subscriptions", Map.of("listing", new Listing(rows, more, visit.guard(), now))),
        visit.curl("/subscription-api/subscriptions"));
  }

  private Notice end(Visit visit) {
    String scope = visit.field("scope");
    boolean ended = hubs.stream().filter(hub -> hub.config().scope().equals(scope)).findFirst()
        .map(hub -> hub.deny(visit.field("id"), "ended by the operator", visit.caller().subject())).orElse(false);
    return new Notice(ended ? "The subscription has ended; its callback is told." : "It had ended already.", path());
  }

  private static Row row(Subscription found, Instant now) {
    boolean live = found.live(now);
    Tone tone = !live ? Tone.PLAIN : found.failures() > 0 ? Tone.WARN : Tone.GOOD;
    String state = !live ? "expired" : found.failures() > 0 ? "failing" : "listening";
    return new Row(found.id(), found.scope(), found.topic().text(), found.callback().toString(),
        found.owner().orElse(""), found.confirmedAt(), found.expiresAt(), state, tone,
        found.lastError().filter(_ -> found.failures() > 0).map(error -> found.failures() + " × " + error).orElse(""));
  }
}
