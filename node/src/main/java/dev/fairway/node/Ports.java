package dev.fairway.node;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import dev.fairway.web.WebConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Whether the addresses a node is to listen on can be had. */
final class Ports {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private Ports() {}

  /** Why an address cannot be listened on now; empty when it can. */
  static Optional<String> trouble(WebConfig listener) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(listener.host(), listener.port()));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Waits, with growing pauses, as long as another program has one of the ports: mostly a node that is about to end. An
   * address that is not this machine's is not waited for.
   *
   * @param listeners by the key that says so
   * @param told of each look that finds a port taken
   */
  static void awaitFree(Map<String, WebConfig> listeners, Consumer<String> told) {
    RetryPolicy<Boolean> growing = RetryPolicy.<Boolean>builder().handleResult(true).withMaxAttempts(-1)
        .withBackoff(FIRST_PAUSE, LONGEST_PAUSE).build();
    listeners.forEach((key, listener) -> Failsafe.with(growing).get(() -> {
      boolean taken = trouble(listener).filter(why -> why.contains("in use")).isPresent();
      if (taken) {
        told.accept(listener.host() + ":" + listener.port()
            + ": the port is taken; waiting until it is free. Stop what uses it, or choose another with " + key + ":");
      }
      return taken;
    }));
  }
}
