package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The workers of an integration: one for each request being answered, and one of each handler kept warm between requests.
 * Calls to the outside, contracts and messages are had from the node, so its egress policy and its credentials stay with
 * it. Safe for many threads.
 */
final class ForkedWorkers implements AutoCloseable {
  private final boolean possible;
  private final Supplier<WorkerMessages.Start> start;
  private final Node node;
  private final Map<String, ForkedWorker> warm = new HashMap<>();
  private boolean closed;

  /** What the node does for a worker. */
  interface Node {
    OutsideCalls http();

    List<Contract> active(String template);

    void put(String queue, String message);
  }

  /**
   * @param possible whether another process can find the integration's classes
   * @param start how each worker makes its integration
   */
  ForkedWorkers(boolean possible, Supplier<WorkerMessages.Start> start, Node node) {
    this.possible = possible;
    this.start = start;
    this.node = node;
  }

  /** Whether there can be workers: not where only this process has the integration's classes, as in a test of it. */
  boolean possible() {
    return possible;
  }

  /**
   * Has a request answered by a worker. When this thread is interrupted, the worker is ended.
   *
   * @throws ForkedWorker.Died when the worker dies of it
   */
  Decision decide(Registrations.OnRequest<?, ?> handler, int heapMegabytes, Decision.Asked asked) throws Exception {
    ForkedWorker worker = take(handler.id());
    if (worker == null) {
      worker = ForkedWorker.start(start.get(), heapMegabytes);
    }
    boolean free = false;
    try {
      Decision decision = worker.decide(WorkerMessages.request(handler.id(), asked), line -> answer(line, asked));
      free = true;
      return decision;
    } catch (FairwayException | IllegalStateException e) {
      // Its handler threw; it is well itself.
      free = worker.alive();
      throw e;
    } finally {
      if (!free || !keep(handler.id(), worker)) {
        worker.close();
      }
    }
  }

  private synchronized @Nullable ForkedWorker take(String handler) {
    ForkedWorker worker = warm.remove(handler);
    return worker != null && worker.alive() ? worker : null;
  }

  private synchronized boolean keep(String handler, ForkedWorker worker) {
    return !closed && warm.putIfAbsent(handler, worker) == null;
  }

  private ObjectNode answer(JsonNode line, Decision.Asked asked) {
    try {
      return switch (line.path("ask").asString()) {
        case "http" -> WorkerMessages.answered(node.http().send(WorkerMessages.call(line)));
        case "active" -> {
          ObjectNode json = StoredValue.object();
          var contracts = json.putArray("contracts");
          node.active(line.path("template").asString()).forEach(one -> contracts.add(StoredValue.node(one)));
          yield json;
        }
        case "cancelled" -> StoredValue.object().put("cancelled", asked.cancelled().getAsBoolean());
        case "put" -> {
          node.put(line.path("queue").asString(), line.path("message").asString());
          yield StoredValue.object();
        }
        default -> throw new IllegalStateException("a worker asks for what there is not: " + line);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return WorkerMessages.failure(e);
    } catch (Exception e) {
      return WorkerMessages.failure(e);
    }
  }

  @Override
  public void close() {
    List<ForkedWorker> idle;
    synchronized (this) {
      closed = true;
      idle = List.copyOf(warm.values());
      warm.clear();
    }
    idle.forEach(ForkedWorker::close);
  }
}
