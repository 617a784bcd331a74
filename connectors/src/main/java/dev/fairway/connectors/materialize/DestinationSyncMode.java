package dev.fairway.connectors.materialize;

import dev.fairway.connectors.process.ConnectorFailedException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** What an Airbyte destination does with the rows that are there already. */
enum DestinationSyncMode {
  /** Adds each change. */
  APPEND,
  /** Keeps one row per key, the one of the last change. */
  APPEND_DEDUP,
  /** Adds each change, after the first transaction of a backfill has replaced what was there. */
  OVERWRITE;

  /**
   * The mode of a binding: what its resource says, or the best the destination offers.
   *
   * @param offered the words of the destination's spec; empty when it does not say
   */
  static DestinationSyncMode of(JsonNode resource, List<String> offered) throws ConnectorFailedException {
    String given = resource.path("destinationSyncMode").asString("");
    if (given.isEmpty()) {
      return offered.contains(APPEND_DEDUP.word()) ? APPEND_DEDUP : APPEND;
    }
    return Arrays.stream(values()).filter(mode -> mode.word().equals(given)).findFirst()
        .orElseThrow(() -> new ConnectorFailedException("no destinationSyncMode \"" + given + "\"; there are "
            + Arrays.stream(values()).map(DestinationSyncMode::word).toList(), false));
  }

  /** As catalogs and resources write it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether documents of one key are sent one by one, rather than as what they come to. */
  boolean takesEveryChange() {
    return this != APPEND_DEDUP;
  }
}
