package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the journal when an integration's state has changed by itself, so that whoever looks on (the console's open pages, a
 * follower of the journal) need not ask again and again. Types are {@code automation.integration.running},
 * {@code .standing-by} and {@code .troubled}; what an operator does is told where it is done.
 */
final class StateEvents {
  private static final Logger LOG = LoggerFactory.getLogger(StateEvents.class);

  private final Store store;
  private final String integration;

  StateEvents(Store store, String integration) {
    this.store = store;
    this.integration = integration;
  }

  void running() {
    tell("running");
  }

  void standingBy() {
    tell("standing-by");
  }

  void troubled() {
    tell("troubled");
  }

  /* The state is what it is, whether or not the store could take the news of it. */
  private void tell(String state) {
    try {
      store.run(tx -> tx.append(new NewEvent("automation.integration." + state, integration,
          StoredValue.text(StoredValue.object().put("name", integration)))));
    } catch (FairwayException e) {
      LOG.debug("nobody was told integration={} state={} why={}", integration, state, e.getMessage());
    }
  }
}
