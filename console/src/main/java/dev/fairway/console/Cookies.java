package dev.fairway.console;

import dev.fairway.web.Call;
import java.util.Optional;

/** Cookies of the console: for this site only, out of reach of scripts, gone with the browser (RFC 6265). */
final class Cookies {
  private Cookies() {}

  static Optional<String> get(Call call, String name) {
    String header = call.header("Cookie").orElse("");
    for (String pair : header.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
        return Optional.of(pair.substring(equals + 1).strip());
      }
    }
    return Optional.empty();
  }

  static void set(Call call, String name, String value) {
    call.with("Set-Cookie", name + "=" + value + "; Path=/; HttpOnly; SameSite=Strict" + secure(call));
  }

  static void clear(Call call, String name) {
    call.with("Set-Cookie", name + "=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0" + secure(call));
  }

  private static String secure(Call call) {
    return call.baseUrl().getScheme().equals("https") ? "; Secure" : "";
  }
}
