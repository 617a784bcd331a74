package dev.fairway.automation.sdk;

import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.time.Clock;
import org.slf4j.Logger;

/**
 * What an integration is given. Safe for many threads.
 *
 * @param <S> its settings
 */
public interface Environment<S extends Record> {
  /** What its operator set, checked against the metadata. */
  S settings();

  /** The party it acts and reads as. */
  Party party();

  /** Messages to its own queues. */
  MessageSink queue();

  /**
   * A template's name with the package of this integration's own model filled in where it is left open. Without a model,
   * the name as it is.
   */
  TemplateId template(String name);

  /** Time; in a test, a clock that stands still until it is told to move. */
  Clock clock();

  /** A logger whose level an operator can change while the integration runs. Do not log secrets. */
  Logger log();

  /** Calls to the outside, within the node's egress policy. */
  OutsideCalls http();
}
