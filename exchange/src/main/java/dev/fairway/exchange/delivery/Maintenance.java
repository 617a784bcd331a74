package dev.fairway.exchange.delivery;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.exchange.sql.Sql;
import dev.fairway.store.Audit;
import dev.fairway.web.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which channels operators have taken out of use, kept across restarts. Safe for many threads and processes. */
public final class Maintenance {
  private static final int LONGEST_REASON = 500;

  private final Store store;
  private final Ports ports;

  private record Resting(String channel, String reason) {}

  public Maintenance(Store store, Ports ports) {
    this.store = store;
    this.ports = ports;
  }

  /** Takes what any process has stored over into this one. */
  public void refresh() {
    List<Resting> rows = store.read(view -> Sql.list(view, "SELECT channel, reason FROM exchange_maintenance",
        row -> new Resting(row.getString("channel"), row.getString("reason"))));
    Map<String, Resting> resting = rows.stream().collect(Collectors.toMap(Resting::channel, Function.identity()));
    for (ChannelPort port : ports.all()) {
      port.maintenance(Optional.ofNullable(resting.get(port.id())).map(Resting::reason));
    }
  }

  /**
   * Takes a channel out of use, and writes in the audit who did it: nothing is posted to it or read from it until
   * {@link #end}.
   *
   * @throws FairwayException with {@code INVALID} when the reason is blank or longer than 500 characters
   */
  public void begin(ChannelPort port, String reason, String actor) {
    if (reason.isBlank() || reason.length() > LONGEST_REASON) {
      throw new FairwayException(ErrorCode.INVALID,
          "reason must be a text of 1 to " + LONGEST_REASON + " characters: colleagues will read it");
    }
    store.run(tx -> {
      Sql.update(tx, """
          INSERT INTO exchange_maintenance (channel, reason, actor, since) VALUES (?,?,?,?)
          ON CONFLICT (channel) DO UPDATE SET reason = excluded.reason, actor = excluded.actor""", port.id(), reason,
          actor, tx.now());
      Audit.record(tx, actor, "channel.maintenance.begin", port.id(), Json.object().put("reason", reason).toString());
      tx.append(new NewEvent("exchange.channel.maintenance", port.id(),
          Json.object().put("channel", port.id()).put("reason", reason).put("actor", actor).toString()));
    });
    port.maintenance(Optional.of(reason));
  }

  /** Takes a channel back into use, and writes in the audit who did it, unless it was in use. */
  public void end(ChannelPort port, String actor) {
    store.run(tx -> {
      if (Sql.update(tx, "DELETE FROM exchange_maintenance WHERE channel = ?", port.id()) == 1) {
        Audit.record(tx, actor, "channel.maintenance.end", port.id(), "");
        tx.append(new NewEvent("exchange.channel.maintenance", port.id(),
            Json.object().put("channel", port.id()).putNull("reason").put("actor", actor).toString()));
      }
    });
    port.maintenance(Optional.empty());
  }
}
