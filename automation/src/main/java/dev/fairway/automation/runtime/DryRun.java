package dev.fairway.automation.runtime;

import dev.fairway.automation.sdk.HeldBack;
import dev.fairway.automation.sdk.OutsideCalls;
import dev.fairway.automation.sdk.OutsideSocket;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.work.Outcome;
import java.io.IOException;
import java.net.URI;
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
    return Outcome.fail("would send " + CommandSender.commands(response));
  }

  /** @throws HeldBack in a dry run */
  static void holdBack(String effect) {
    if (UNDER_WAY.isBound()) {
      throw new HeldBack(effect);
    }
  }

  static OutsideCalls guard(OutsideCalls http) {
    return new OutsideCalls() {
      @Override
      public Answered send(OutsideCall call) throws IOException, InterruptedException {
        holdBack("call " + call.method() + " " + shown(call.url()));
        return http.send(call);
      }

      @Override
      public OutsideSocket connect(URI url) throws IOException, InterruptedException {
        holdBack("connect to " + shown(url));
        return http.connect(url);
      }
    };
  }

  /* A query may hold a key. */
  private static String shown(URI url) {
    return url.toString().replaceFirst("[?#].*", "");
  }
}
