package dev.fairway.automation.runtime;

import dev.fairway.core.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is known of all requests; for reading. Whoever shows it to a requester shows it only its own. Safe for many threads. */
public final class RequestBook {
  /** Most requests in one list. */
  public static final int PAGE = 500;

  private final Store store;

  public RequestBook(Store store) {
    this.store = store;
  }

  /** The newest of them, at most {@link #PAGE}. */
  public List<KnownRequest> newest() {
    return store.read(view -> RequestTables.newest(view, Optional.empty(), PAGE));
  }

  /** The newest in a state, at most {@link #PAGE}. */
  public List<KnownRequest> newest(RequestState state) {
    return store.read(view -> RequestTables.newest(view, Optional.of(state), PAGE));
  }

  /** A contract as a request to an integration. */
  public Optional<KnownRequest> find(String integration, String contractId) {
    return store.read(view -> RequestTables.find(view, integration, contractId));
  }

  /** A contract as a request to whomever it is one. */
  public List<KnownRequest> ofContract(String contractId) {
    return store.read(view -> RequestTables.byContract(view, contractId));
  }

  /** How many are in each state; those that are in none are left out. */
  public Map<RequestState, Long> counts() {
    return store.read(RequestTables::counts);
  }
}
