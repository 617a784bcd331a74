package dev.fairway.store.workers;

import dev.fairway.core.work.WorkHandler;
import dev.fairway.core.work.WorkKind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Who does which kind of work in this process. Safe for many threads. */
public final class Handlers {
  private final Map<String, Handling<?>> byKind = new ConcurrentHashMap<>();

  /** @throws IllegalStateException when the kind has a handler already */
  public <P> Handlers add(WorkKind<P> kind, WorkHandler<P> handler) {
    if (byKind.putIfAbsent(kind.name(), new Handling<>(kind, handler)) != null) {
      throw new IllegalStateException("work of kind " + kind.name() + " has a handler already");
    }
    return this;
  }

  /** Handles a kind from now on, in place of whoever did; what is under way comes to its end with the one before. */
  public <P> Handlers put(WorkKind<P> kind, WorkHandler<P> handler) {
    byKind.put(kind.name(), new Handling<>(kind, handler));
    return this;
  }

  public Optional<Handling<?>> find(String kind) {
    return Optional.ofNullable(byKind.get(kind));
  }

  public Collection<Handling<?>> all() {
    return List.copyOf(byKind.values());
  }

  /** A kind and its handler. */
  public record Handling<P>(WorkKind<P> kind, WorkHandler<P> handler) {}
}
