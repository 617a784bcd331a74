package dev.fairway.web;

import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * All listeners of a node: the main one, and those of doors that have one of their own. A path belongs to the listener whose
 * door has it below its prefix, and to the main one when none has. The limits of calls are the main one's, for all of them
 * together; half of the room is kept in equal shares, so that a flood at one leaves room at the others. Safe for many threads.
 */
public final class Listeners implements AutoCloseable {
  /** A listener that is to be opened, and what is behind it. */
  public record Plan(WebConfig config, List<Door> doors) {
    public Plan {
      doors = List.copyOf(doors);
    }
  }

  private final List<WebServer> opened = new CopyOnWriteArrayList<>();

  private Listeners() {}

  /**
   * Opens them all, or none.
   *
   * @param plans the main listener first; its limits of calls hold for all
   * @throws dev.fairway.core.FairwayException with {@code CONFIGURATION} when an address cannot be bound
   */
  public static Listeners start(List<Plan> plans, Authenticator authenticator, MeterRegistry meters) {
    Listeners listeners = new Listeners();
    List<CallLimits> limits = CallLimits.shared(plans.size(), plans.getFirst().config(), meters);
    try {
      for (int i = 0; i < plans.size(); i++) {
        int own = i;
        listeners.opened
            .add(WebServer.start(plans.get(i).config(), authenticator, plans.get(i).doors(), limits.get(i), meters,
                path -> listeners.elsewhere(own, path)));
      }
      return listeners;
    } catch (RuntimeException e) {
      listeners.close();
      throw e;
    }
  }

  private Optional<URI> elsewhere(int asked, String path) {
    int serves = serving(path);
    return serves == asked || serves >= opened.size() ? Optional.empty() : Optional.of(opened.get(serves).baseUrl());
  }

  private int serving(String path) {
    for (int i = 0; i < opened.size(); i++) {
      if (opened.get(i).serves(path)) {
        return i;
      }
    }
    return 0;
  }

  /** Where the node is reached; ends without a slash. */
  public URI baseUrl() {
    return opened.getFirst().baseUrl();
  }

  /** Where a path of the node is reached; ends without a slash. */
  public URI baseUrl(String path) {
    return opened.get(serving(path)).baseUrl();
  }

  /** A check of each listener, by its address. */
  public Map<String, Health.Check> checks() {
    Map<String, Health.Check> checks = new LinkedHashMap<>();
    opened.forEach(server -> checks.put("listener " + server.address(), server::trouble));
    return checks;
  }

  /** Takes no new calls at any of them; then waits for those under way at all of them at once, and closes them. */
  @Override
  public void close() {
    opened.forEach(WebServer::drain);
    try (ExecutorService closing = Executors.newVirtualThreadPerTaskExecutor()) {
      opened.forEach(server -> closing.execute(server::close));
    }
  }
}
