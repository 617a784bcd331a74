package dev.fairway.datatrust.http;

import dev.fairway.datatrust.Callers;
import dev.fairway.datatrust.identity.Tokens;
import dev.fairway.evm.Address;
import dev.fairway.web.Call;
import dev.fairway.web.Handler;
import dev.fairway.web.RateLimit;
import java.util.Optional;

/**
 * How often one caller may ask of one market: an account with a token of ours, wherever it calls from, or else an address
 * where addresses tell callers apart. Whoever asks more often is answered 429. Safe for many threads.
 */
final class Pace {
  private final Tokens tokens;
  private final boolean addressed;
  private final Optional<RateLimit> limit;

  Pace(Callers callers, Tokens tokens) {
    this.tokens = tokens;
    this.addressed = callers.addressed();
    this.limit = callers.callsPerSecond() == 0
        ? Optional.empty()
        : Optional.of(new RateLimit(callers.callsPerSecond(), callers.burst(), System::nanoTime));
  }

  Handler keeping(Handler handler) {
    return limit.isEmpty() ? handler : call -> {
      long wait = caller(call).map(limit.get()::take).orElse(0L);
      if (wait == 0) {
        handler.handle(call);
      } else {
        Wire.tooOften(call, wait);
      }
    };
  }

  private Optional<String> caller(Call call) {
    return tokens.claimed(call.header("Authorization")).map(Address::hex)
        .or(() -> Optional.of(call.peer()).filter(_ -> addressed));
  }
}
