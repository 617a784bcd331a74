package dev.fairway.console;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.Call;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps other sites from pressing our buttons: a form must bring back a value that only a page of ours can know, made
 * from a cookie that no other site can read.
 */
final class Guard {
  private static final String COOKIE = "fairway-visit";

  private final SecureRandom random = new SecureRandom();
  private final SecretKeySpec key;

  Guard() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    key = new SecretKeySpec(bytes, "HmacSHA256");
  }

  /** The value for the forms of this visit; gives the visitor a cookie when there is none yet. */
  String field(Call call) {
    Optional<String> known = Cookies.get(call, COOKIE).filter(id -> id.matches("[0-9a-f]{32}"));
    String id = known.orElseGet(() -> {
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      String fresh = HexFormat.of().formatHex(bytes);
      Cookies.set(call, COOKIE, fresh);
      return fresh;
    });
    return sign(id);
  }

  /** @throws FairwayException with {@code FORBIDDEN} when the form is not from a page of ours */
  void check(Call call, Optional<String> field) {
    boolean foreign = call.header("Sec-Fetch-Site").filter(site -> !site.equals("same-origin")).isPresent();
    String expected = Cookies.get(call, COOKIE).map(this::sign).orElse("");
    boolean same = !expected.isEmpty() && MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII),
        field.orElse("").getBytes(StandardCharsets.UTF_8));
    if (foreign || !same) {
      throw new FairwayException(ErrorCode.FORBIDDEN,
          "this form is not from a page of this node, or from before it was restarted; load the page again");
    }
  }

  private String sign(String id) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return HexFormat.of().formatHex(mac.doFinal(id.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA-256 is part of every JDK", e);
    }
  }
}
