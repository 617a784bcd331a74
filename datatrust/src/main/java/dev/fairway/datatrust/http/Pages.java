package dev.fairway.datatrust.http;

import dev.fairway.web.Call;
import dev.fairway.web.Handler;
import java.util.List;
import java.util.Optional;

/**
 * Which pages of other origins may read the answers (the Fetch standard's CORS protocol). No credentials are shared: whoever
 * holds an account says so in a header of its own.
 *
 * @param origins such as {@code https://dapp.example}; all when empty, as older services had it
 */
record Pages(List<String> origins) {
  /** What a page must read of an answer besides its body: to name, open and go on with a download, and to come back later. */
  private static final String EXPOSED = "Content-Disposition, Content-Range, ETag, Envelope, Filename, Retry-After";

  /** Answers as the handler does, to be read by pages that may. */
  Handler sharing(Handler handler) {
    return call -> {
      share(call);
      handler.handle(call);
    };
  }

  /** Before a page of another origin asks. */
  void preflight(Call call) {
    share(call);
    call.with("Access-Control-Allow-Methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
    call.header("Access-Control-Request-Headers").filter(Pages::plain)
        .ifPresent(wanted -> call.with("Access-Control-Allow-Headers", wanted));
    call.empty(200);
  }

  private void share(Call call) {
    Optional<String> origin = call.header("Origin").filter(Pages::plain);
    if (origin.isPresent() || !origins.isEmpty()) {
      call.with("Vary", "Origin");
    }
    if (origins.isEmpty() || origin.filter(origins::contains).isPresent()) {
      call.with("Access-Control-Allow-Origin", origin.orElse("*"));
      call.with("Access-Control-Expose-Headers", EXPOSED);
    }
  }

  private static boolean plain(String text) {
    return text.length() <= 1_000 && text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }
}
