package dev.fairway.system.request;

import dev.fairway.core.store.Store;

/** The guarantees on the node's own ledger. */
class LocalRequestGuaranteesTest extends RequestGuaranteesContract {
  @Override
  protected Home home(Store store) {
    return Home.local(store);
  }
}
