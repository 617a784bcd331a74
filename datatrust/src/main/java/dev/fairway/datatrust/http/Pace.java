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
 * How often one caller may ask of one market: an account with a token of ours, wherever it calls from, or else an address.
 * Whoever asks more often is answered 429 (RFC 6585, section 4). Safe for many threads.
 */
final class Pace {
  private final Tokens tokens;
  private final Optional<RateLimit> limit;

  Pace(Callers callers, Tokens tokens) {
    this.tokens = tokens;
    this.limit = callers.callsPerSecond() == 0
        ? Optional.empty()
        : Optional.of(new RateLimit(callers.callsPerSecond(), callers.burst(), System::nanoTime));
  }

  Handler keeping(Handler handler) {
    return limit.isEmpty() ? handler : call -> {
      long wait = limit.get()
          .take(tokens.claimed(call.header("Authorization")).map(Address::hex).orElseGet(call::peer));
      if (wait == 0) {
        handler.handle(call);
      } else {
        refuse(call, Math.max(1, TimeUnit.NANOSECONDS.toSeconds(wait + 999_999_999L)));
      }
    };
  }

  private static void refuse(Call call, long seconds) throws IOException {
    call.with("Retry-After", Long.toString(seconds));
    Wire.json(call, 429, Json.object().put("message", "Too many calls; try again in " + seconds + " s"));
  }
}
