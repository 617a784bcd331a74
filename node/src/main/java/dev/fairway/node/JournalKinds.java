package dev.fairway.node;

import dev.fairway.automation.runtime.HeardKinds;
import dev.fairway.node.config.Section;
import dev.fairway.node.config.Spelling;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The kinds of events that a node's journal holds, and how an operator says which of them an integration is told of. */
final class JournalKinds {
  /** All that any room writes. */
  static final List<String> ALL = List.of("automation.integration.configured", "automation.integration.log-level",
      "automation.integration.removed", "automation.integration.restarted", "automation.integration.running",
      "automation.integration.standing-by", "automation.integration.started", "automation.integration.stopped",
      "automation.integration.troubled", "automation.package.installed", "automation.package.removed",
      "connector.checkpoint", "connector.schema", "datatrust.adopted", "datatrust.booked", "datatrust.confirmed",
      "datatrust.damaged", "datatrust.delivered", "datatrust.erased", "datatrust.office", "datatrust.paid",
      "datatrust.refused", "datatrust.uploaded", "exchange.channel.maintenance", "exchange.channel.refused",
      "exchange.channel.shown", "exchange.document.read", "exchange.document.stored", "exchange.document.withdrawn",
      "exchange.message.accepted", "exchange.message.confirmed", "exchange.message.documents",
      "exchange.message.received", "exchange.message.rejected", "exchange.message.revoked", "exchange.message.sent",
      "exchange.message.status", "exchange.message.undeliverable", "exchange.routing.changed", "ledger.transaction",
      "request.accepted", "request.cancelled", "request.quarantined", "request.ready", "request.rejected",
      "request.submitting", "websub.outgoing.denied", "websub.outgoing.verified", "websub.subscription.confirmed",
      "websub.subscription.ended", "websub.verification.failed", "work.dead", "work.discarded", "work.redriven");

  private JournalKinds() {}

  /** What one integration is told of, by {@code automation.rights.NAME}; a pattern that no kind fits is a problem. */
  static HeardKinds heard(Section rights) {
    List<String> patterns = rights.texts("journal",
        "kinds of events of the journal it is told of, exchange.message.received or exchange.message.*; [] for none");
    if (!rights.has("journal")) {
      rights.problem("journal", "is missing: the kinds of events it is told of; write [] for none");
    }
    try {
      HeardKinds heard = new HeardKinds(patterns);
      patterns.stream().filter(pattern -> ALL.stream().noneMatch(new HeardKinds(List.of(pattern))::cover))
          .forEach(pattern -> rights.problem("journal", "there are no events \"" + pattern + "\"" + meant(pattern)));
      return heard;
    } catch (IllegalArgumentException e) {
      rights.problem("journal", String.valueOf(e.getMessage()));
      return HeardKinds.ALL;
    }
  }

  private static String meant(String pattern) {
    Optional<String> near = Spelling.nearest(pattern, pattern.endsWith("*") ? groups() : ALL);
    return near.map(kind -> "; did you mean " + kind + "?").orElse("; there are " + String.join(", ", groups()));
  }

  private static Set<String> groups() {
    Set<String> groups = new TreeSet<>();
    for (String kind : ALL) {
      for (int dot = kind.indexOf('.'); dot >= 0; dot = kind.indexOf('.', dot + 1)) {
        groups.add(kind.substring(0, dot) + ".*");
      }
    }
    return groups;
  }
}
