package dev.fairway.evm.tx;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** What keeps transactions from being sent, in words for an operator, while it lasts. Safe for many threads. */
final class Trouble {
  private final Map<Kind, String> lasting = new ConcurrentSkipListMap<>();

  /** In order of what an operator should hear first. */
  enum Kind {
    /** The account has too little. */
    FUNDS,
    /** The chain asks more than is allowed. */
    FEES,
    /** The node cannot say what gas a call needs. */
    GAS,
    /** The chain makes no blocks. */
    STANDSTILL
  }

  void is(Kind kind, String text) {
    lasting.put(kind, text);
  }

  void over(Kind kind) {
    lasting.remove(kind);
  }

  /** Nothing is kept from being sent any more, or others are to see to it. */
  void clear() {
    lasting.clear();
  }

  Optional<String> text() {
    return lasting.values().stream().findFirst();
  }
}
