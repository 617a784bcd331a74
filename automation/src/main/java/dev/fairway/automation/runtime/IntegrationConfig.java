package dev.fairway.automation.runtime;

import dev.fairway.core.ledger.Party;
import java.util.Map;

/**
 * An integration to be run.
 *
 * @param id its name on this node and in its web address: 1 to 40 of {@code a-z 0-9 -}, beginning with a letter; keep it,
 * because its place in the ledger and its waiting work are under this name
 * @param type the type's id
 * @param ledger the name of the ledger it works on
 * @param party whom it acts and reads as
 * @param settings by field id, as its operator wrote them
 */
public record IntegrationConfig(String id, String type, String ledger, Party party, Map<String, String> settings) {
  /** On the node's own ledger. */
  public IntegrationConfig(String id, String type, Party party, Map<String, String> settings) {
    this(id, type, Ledgers.LOCAL, party, settings);
  }

  public IntegrationConfig {
    if (!id.matches("[a-z][a-z0-9-]{0,39}") || id.endsWith("-")) {
      throw new IllegalArgumentException(
          "an integration's id must be 1 to 40 of a-z 0-9 - and begin with a letter, is \"" + id + "\"");
    }
    settings = Map.copyOf(settings);
  }
}
