package dev.fairway.automation.sdk;

import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.time.Clock;
import java.util.List;
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

  /**
   * The contracts of a template that are active now, as far as the party sees them; read from the ledger each time, for
   * what depends on the state of things and not on what happened.
   *
   * @param template {@code Module:Entity}, {@code package:Module:Entity}, {@code package:*} or {@code *}
   * @throws dev.fairway.core.FairwayException with {@code PEER_FAILED} when the ledger cannot be asked, {@code TOO_LARGE}
   * when there are more than 10,000
   */
  List<Contract> active(String template);

  /** Time; in a test, a clock that stands still until it is told to move. */
  Clock clock();

  /** A logger whose level an operator can change while the integration runs. Do not log secrets. */
  Logger log();

  /** Calls to the outside, within the node's egress policy; none in a dry run ({@link Attempt#dryRun}). */
  OutsideCalls http();
}
