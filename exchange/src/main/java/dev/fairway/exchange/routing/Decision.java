package dev.fairway.exchange.routing;

import java.util.List;

/**
 * Where a message shall go, and why. The trace has a line for each rule and channel looked at, in order.
 */
public sealed interface Decision {
  List<Step> trace();

  /** One thing that was looked at. */
  record Step(String what, String finding) {}

  /**
   * It goes.
   *
   * @param channels in order of preference; the first is tried first. Not empty
   */
  record Send(Rule rule, List<String> channels, List<Step> trace) implements Decision {
    public Send {
      channels = List.copyOf(channels);
      trace = List.copyOf(trace);
    }
  }

  /** Its channels are all in maintenance: it waits. */
  record Wait(Rule rule, String why, List<Step> trace) implements Decision {
    public Wait {
      trace = List.copyOf(trace);
    }
  }

  /** No rule has a channel for it. */
  record NoRoute(List<Step> trace) implements Decision {
    public NoRoute {
      trace = List.copyOf(trace);
    }
  }
}
