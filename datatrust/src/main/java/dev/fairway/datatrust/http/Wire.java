package dev.fairway.datatrust.http;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.datatrust.identity.AskedTooOften;
import dev.fairway.datatrust.identity.TokenRefused;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.RpcException;
import dev.fairway.web.Call;
import dev.fairway.web.Handler;
import dev.fairway.web.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** What all answers of this interface have in common: bodies, refusals, slashes. */
final class Wire {
  private static final Logger LOG = LoggerFactory.getLogger(Wire.class);
  private static final Pattern HASH = Pattern.compile("0[xX][0-9a-fA-F]{64}");

  private Wire() {}

  /** A collection: its path ends with a slash, and is said to where it does not. */
  static Handler collection(Handler handler) {
    return item(call -> {
      if (call.path().endsWith("/")) {
        handler.handle(call);
        return;
      }
      String target = call.target();
      int query = target.indexOf('?');
      String path = query < 0 ? target : target.substring(0, query);
      call.with("Location", path + "/" + (query < 0 ? "" : target.substring(query))).empty(308);
    });
  }

  static Handler item(Handler handler) {
    return call -> {
      try {
        handler.handle(call);
      } catch (CapiError e) {
        json(call, e.status(), e.body());
      } catch (TokenRefused e) {
        json(call, e.status(), Json.object().put("msg", e.text()));
      } catch (AskedTooOften e) {
        tooOften(call, e.waitNanos());
      } catch (RpcException e) {
        unreachable(call, e);
      } catch (FairwayException e) {
        if (e.code() != ErrorCode.PEER_FAILED && e.code() != ErrorCode.PEER_LIED) {
          throw e;
        }
        unreachable(call, e);
      }
    };
  }

  /** Answers 429 (RFC 6585, section 4), and after how long to try again. */
  static void tooOften(Call call, long waitNanos) throws IOException {
    long seconds = Math.max(1, TimeUnit.NANOSECONDS.toSeconds(waitNanos + 999_999_999L));
    call.with("Retry-After", Long.toString(seconds));
    json(call, 429, Json.object().put("message", "Too many calls; try again in " + seconds + " s"));
  }

  private static void unreachable(Call call, RuntimeException e) throws IOException {
    LOG.warn("the chain does not answer request={} why={}", call.id(), e.getMessage());
    call.with("Retry-After", "5");
    json(call, 503, Json.object().put("message", CapiError.SERVER_ERROR));
  }

  static void json(Call call, int status, ObjectNode body) throws IOException {
    call.bytes(status, "application/json", (Json.text(body) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** A hash in lower case; empty when the text is none. */
  static Optional<Hash> hash(String text) {
    return HASH.matcher(text).matches() ? Optional.of(new Hash("0x" + text.substring(2))) : Optional.empty();
  }

  /** A hash that the path names. */
  static Hash pathHash(Call call) {
    return hash(call.param("hash"))
        .orElseThrow(() -> CapiError.of(400, "a hash must be 0x and 64 hex digits"));
  }

  /** An account in any letter case; empty when the text is none. */
  static Optional<Address> address(String text) {
    try {
      return Optional.of(new Address(text.startsWith("0X") ? "0x" + text.substring(2) : text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
