package dev.fairway.automation.runtime;

import dev.fairway.core.ledger.ContractId;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A request in a simulation: how its handler fares with it, and what has happened to it. */
final class SimulatedRequest {
  private static final List<Nature> NATURES = List.of(Nature.values());

  /** How its handler fares. */
  enum Nature {
    /** Is accepted. */
    GOOD,
    /** Is turned down. */
    REFUSED,
    /** Fails twice, then is accepted. */
    FLAKY,
    /** Is put off twice, then accepted. */
    SLOW,
    /** Cannot go better. */
    HOPELESS,
    /** Kills the process, each time. */
    POISON
  }

  final ContractId contract;
  final String text;
  final Nature nature;
  boolean takenBack;
  /** Tries since it was last released, the ones that crashed too. */
  int tries;
  int answered;
  @Nullable
  String idempotencyKey;

  SimulatedRequest(ContractId contract, String text, Nature nature) {
    this.contract = contract;
    this.text = text;
    this.nature = nature;
  }

  static Nature nature(Random random) {
    return random.nextInt(3) == 0 ? NATURES.get(random.nextInt(NATURES.size())) : Nature.GOOD;
  }

  @Override
  public String toString() {
    return text + " (" + nature + (takenBack ? ", taken back" : "") + ", " + tries + " tries)";
  }
}
