package dev.fairway.datatrust.http;

import dev.fairway.datatrust.Callers;
import dev.fairway.datatrust.identity.Tokens;
import dev.fairway.evm.Address;
import dev.fairway.web.Call;
import dev.fairway.web.Handler;
import dev.fairway.web.Json;
import dev.fairway.web.RateLimit;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How often one caller may ask of one market: an account with a token of ours, wherever it calls from, or else an address
 * where addresses tell callers apart. Whoever asks more often is answered 429 (RFC 6585, section 4). Safe for many threads.
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
        refuse(call, Math.max(1, TimeUnit.NANOSECONDS.toSeconds(wait + 999_999_999L)));
      }
    };
  }

  private Optional<String> caller(Call call) {
    return tokens.claimed(call.header("Authorization")).map(Address::hex)
        .or(() -> Optional.of(call.peer()).filter(_ -> addressed));
  }

  private static void refuse(Call call, long seconds) throws IOException {
    call.with("Retry-After", Long.toString(seconds));
    Wire.json(call, 429, Json.object().put("message", "Too many calls; try again in " + seconds + " s"));
  }
}
