package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.HeldBack;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.work.Outcome;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * An operator asks what a handler would do with a dead letter: what it does to the outside by way of its environment is
 * held back, on the thread the handler is called on. Safe for many threads.
 */
final class DryRun {
  private static final ScopedValue<Boolean> UNDER_WAY = ScopedValue.newInstance();

  private DryRun() {}

  /** Runs a handler so; the first effect it would have is the outcome. */
  static Outcome of(Callable<Outcome> handler) throws Exception {
    try {
      return ScopedValue.where(UNDER_WAY, true).call(handler::call);
    } catch (HeldBack effect) {
      return Outcome.fail(String.valueOf(effect.getMessage()));
    }
  }

  /** What becomes of an answer. */
  static Outcome wouldSend(@Nullable Response response) {
    return Outcome.fail("would send " + RunningIntegration.orNone(response).commands());
  }

  /** @throws HeldBack in a dry run */
  static void holdBack(String effect) {
    if (UNDER_WAY.isBound()) {
      throw new HeldBack(effect);
    }
  }

  static OutsideCalls guard(OutsideCalls http) {
    return call -> {
      // A query may hold a key.
      holdBack("call " + call.method() + " " + call.url().toString().replaceFirst("[?#].*", ""));
      return http.send(call);
    };
  }
}
