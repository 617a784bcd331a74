package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.MessageSink;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a part of an integration is given without a node.
 *
 * @param http where its calls to the outside go
 * @param contracts what is active, whatever template is asked for
 */
record TwinEnvironment<S extends Record>(S settings, OutsideCalls http, List<Contract> contracts)
    implements
      Environment<S> {
  static final Party DESK = new Party("desk");

  @Override
  public Party party() {
    return DESK;
  }

  @Override
  public MessageSink queue() {
    return (queue, message) -> {};
  }

  @Override
  public TemplateId template(String name) {
    return TemplateId.parse(name);
  }

  @Override
  public List<Contract> active(String template) {
    return contracts;
  }

  @Override
  public Clock clock() {
    return Clock.systemUTC();
  }

  @Override
  public Logger log() {
    return LoggerFactory.getLogger(TwinEnvironment.class);
  }
}
