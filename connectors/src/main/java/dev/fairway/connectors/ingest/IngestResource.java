package dev.fairway.connectors.ingest;

import dev.fairway.connector.Setting;
import java.time.Duration;
import java.util.List;

/** One address to post to. */
public record IngestResource(
    @Setting(description = "Where it is posted, below /ingest/: github/push", collectionName = true) String path,
    @Setting(description = "Header with the sender's name for a delivery, the same when it is sent again", defaultValue = "\"Idempotency-Key\"") String idHeader,
    @Setting(description = "Headers kept in /_meta/headers", defaultValue = "[]") List<String> headers,
    @Setting(description = "Most bytes of a delivery, up to 16 MiB", defaultValue = "1048576") int maxBytes,
    @Setting(description = "How long the names of deliveries are remembered", defaultValue = "\"P7D\"") Duration remember) {
  /** The most any address takes. */
  static final int MOST_BYTES = 16 << 20;

  public IngestResource {
    if (!path.matches("[A-Za-z0-9_.-]{1,100}(/[A-Za-z0-9_.-]{1,100}){0,9}")) {
      throw new IllegalArgumentException(
          "a path must be 1 to 10 tokens of letters, digits, '_', '-' and '.', separated by '/', is \"" + path + "\"");
    }
    headers = List.copyOf(headers);
    if (maxBytes < 1 || maxBytes > MOST_BYTES) {
      throw new IllegalArgumentException("maxBytes must be 1 to " + MOST_BYTES + ", is " + maxBytes);
    }
    if (!remember.isPositive()) {
      throw new IllegalArgumentException("remember must be positive, is " + remember);
    }
  }
}
