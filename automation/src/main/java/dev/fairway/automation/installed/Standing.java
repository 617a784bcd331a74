package dev.fairway.automation.installed;

import dev.fairway.automation.metadata.FieldType;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.runtime.RunningIntegration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An integration as it stands.
 *
 * @param fixed whether the node's settings name it, so that it is changed there
 * @param enabled whether it is meant to run
 * @param running while it does
 * @param failure why it did not start, or does not get on
 */
public record Standing(IntegrationConfig config, boolean fixed, boolean enabled,
    Optional<RunningIntegration> running, Optional<String> failure) {
  /** {@code running}, {@code starting}, {@code standing by}, {@code failed} or {@code stopped}. */
  public String state() {
    return running.map(r -> r.standingBy() ? "standing by" : r.ready() ? "running" : "starting")
        .orElseGet(() -> failure.isPresent() ? "failed" : "stopped");
  }

  /** Its settings by field, in the order of their names; what may be a key or a password is not shown again. */
  public SortedMap<String, String> shownSettings() {
    var shown = new TreeMap<String, String>();
    config.settings().forEach((field, value) -> shown.put(field, mayBeShown(field) ? value : "***"));
    return shown;
  }

  /* While the type is unknown, nothing is. */
  private boolean mayBeShown(String setting) {
    return running.map(r -> r.type().metadata().fields().stream()
        .anyMatch(field -> field.id().equals(setting) && !(field.type() instanceof FieldType.Clob))).orElse(false);
  }
}
