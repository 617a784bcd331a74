package dev.fairway.automation.sdk;

import dev.fairway.core.ledger.Party;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call from the web. */
public interface WebhookRequest {
  /** The whole path. */
  String path();

  /** What stood for {@code {name}} in the suffix. */
  String variable(String name);

  /** The first value of a query parameter. */
  Optional<String> query(String name);

  /** The first value of a header; the name in any case. */
  Optional<String> header(String name);

  byte[] body();

  default String text() {
    return new String(body(), StandardCharsets.UTF_8);
  }

  /**
   * The body as JSON: a tree of maps, lists, strings, numbers, truth values and null.
   *
   * @throws dev.fairway.core.FairwayException with {@code INVALID} when it is none
   */
  @Nullable
  Object json();

  /** The body as a form; the values of each field in order. */
  Map<String, List<String>> form();

  /** The parties the caller's token acts and reads as; empty on a public hook. */
  Set<Party> parties();

  /**
   * The one party of the caller's token; empty when there is none.
   *
   * @throws dev.fairway.core.FairwayException with {@code INVALID} when there are several
   */
  Optional<Party> party();
}
