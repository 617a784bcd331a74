package dev.fairway.automation.runtime;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Ledger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/** The ledgers a node is connected to, each by the name its operator gave it. Immutable. */
public final class Ledgers {
  /** The ledger every node has, on its own store. */
  public static final String LOCAL = "local";

  private final Map<String, Ledger> byName;

  private Ledgers(Map<String, Ledger> byName) {
    this.byName = byName;
  }

  /** Only the node's own. */
  public static Ledgers of(Ledger local) {
    return of(local, Map.of());
  }

  /**
   * The node's own and others.
   *
   * @param others by name; none is called {@code local}
   */
  public static Ledgers of(Ledger local, Map<String, Ledger> others) {
    var all = new LinkedHashMap<String, Ledger>();
    all.put(LOCAL, local);
    others.forEach((name, ledger) -> {
      if (all.putIfAbsent(name, ledger) != null) {
        throw new IllegalArgumentException("\"" + name + "\" is the node's own ledger; choose another name");
      }
    });
    return new Ledgers(all);
  }

  /** @throws FairwayException with {@code NOT_FOUND} when there is no ledger of that name */
  public Ledger find(String name) {
    Ledger ledger = byName.get(name);
    if (ledger == null) {
      throw new FairwayException(ErrorCode.NOT_FOUND, "no ledger " + name + "; there are " + byName.keySet());
    }
    return ledger;
  }

  public boolean has(String name) {
    return byName.containsKey(name);
  }

  /** The node's own first. */
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(new LinkedHashSet<>(byName.keySet()));
  }
}
