package dev.fairway.exchange.simplex;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Signs requests and checks signed ones (HTTP Message Signatures, RFC 9421, with Ed25519; the body by its digest, RFC 9530).
 *
 * <p>A signature must cover the method, the path, the body's digest and the idempotency key. When it was made is told, and
 * not compared with this machine's clock: what is said twice under one key has one effect, however late.
 */
public final class RequestSignature {
  private static final List<String> COVERED = List.of("@method", "@path", "content-digest", "idempotency-key");
  private static final Pattern INPUT = Pattern
      .compile(
          "([a-z*][a-z0-9_*.-]{0,40})=(\\(((?:\"[a-z0-9@_-]{1,60}\" ?){1,20})\\)((?:;[a-z]{1,20}=[^;,]{1,200}){0,8}))");
  private static final Pattern KEY_ID = Pattern.compile(";keyid=\"([\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]{1,200})\"");
  private static final Pattern ALGORITHM = Pattern.compile(";alg=\"([^\"]*)\"");

  private RequestSignature() {}

  /**
   * What of a request can be signed.
   *
   * @param path as the asked side knows it
   * @param headers by lower-case name
   */
  @SuppressWarnings("ArrayRecordComponent") // the bytes are hashed, never compared
  public record Request(String method, String path, Map<String, String> headers, byte[] body) {
    public Request {
      headers = Map.copyOf(headers);
    }

    private Optional<String> component(String name) {
      return switch (name) {
        case "@method" -> Optional.of(method);
        case "@path" -> Optional.of(path);
        default -> name.startsWith("@") ? Optional.empty() : Optional.ofNullable(headers.get(name)).map(String::strip);
      };
    }
  }

  /** What became of a check. */
  public sealed interface Verdict {
    /** The owner of that key said exactly this. */
    record Good(String keyId, String input, String signature) implements Verdict {}

    /** It cannot be believed. */
    record Bad(String why) implements Verdict {}
  }

  /** The headers that sign a request: to be sent with it, as it is. */
  public static Map<String, String> sign(Request request, String keyId, SigningKey key, Instant created) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-digest", digest(request.body()));
    Map<String, String> all = new LinkedHashMap<>(request.headers());
    all.putAll(headers);
    String parameters = "(" + String.join(" ", COVERED.stream().map(name -> "\"" + name + "\"").toList()) + ");created="
        + created.getEpochSecond() + ";keyid=\"" + keyId + "\";alg=\"ed25519\"";
    byte[] base = base(new Request(request.method(), request.path(), all, request.body()), COVERED, parameters)
        .orElseThrow(() -> new IllegalArgumentException("a request to be signed needs an Idempotency-Key"));
    headers.put("signature-input", "fairway=" + parameters);
    headers.put("signature", "fairway=:" + Base64.getEncoder().encodeToString(key.sign(base)) + ":");
    return headers;
  }

  /** Checks a request against the keys this node knows, by their ids. */
  public static Verdict verify(Request request, Map<String, PublicKey> keys) {
    String input = request.headers().getOrDefault("signature-input", "").strip();
    String signed = request.headers().getOrDefault("signature", "").strip();
    if (input.isEmpty() || signed.isEmpty()) {
      return new Verdict.Bad("it is not signed: Signature-Input and Signature are needed (RFC 9421)");
    }
    Matcher parts = INPUT.matcher(input);
    if (!parts.matches()) {
      return new Verdict.Bad("its Signature-Input is not one signature's");
    }
    List<String> covered = new ArrayList<>();
    for (String name : parts.group(3).strip().split(" ", -1)) {
      covered.add(name.substring(1, name.length() - 1));
    }
    if (!covered.containsAll(COVERED) || Set.copyOf(covered).size() != covered.size()) {
      return new Verdict.Bad("its signature must cover each of " + COVERED + " once, and covers " + covered);
    }
    if (!digest(request.body()).equals(request.headers().get("content-digest"))) {
      return new Verdict.Bad("its content is not what its Content-Digest (sha-256) says");
    }
    return judge(request, parts, covered, input, signed, keys);
  }

  private static Verdict judge(Request request, Matcher parts, List<String> covered, String input, String signed,
      Map<String, PublicKey> keys) {
    Matcher keyId = KEY_ID.matcher(parts.group(4));
    Matcher algorithm = ALGORITHM.matcher(parts.group(4));
    if (!keyId.find()) {
      return new Verdict.Bad("its signature names no key");
    }
    if (algorithm.find() && !algorithm.group(1).equals("ed25519")) {
      return new Verdict.Bad("its signature is not of Ed25519");
    }
    PublicKey key = keys.get(keyId.group(1));
    if (key == null) {
      return new Verdict.Bad("its key \"" + keyId.group(1) + "\" is not known here");
    }
    String prefix = parts.group(1) + "=:";
    if (!signed.startsWith(prefix) || !signed.endsWith(":") || signed.length() <= prefix.length()) {
      return new Verdict.Bad("its Signature does not belong to its Signature-Input");
    }
    Optional<byte[]> base = base(request, covered, parts.group(2));
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(signed.substring(prefix.length(), signed.length() - 1));
    } catch (IllegalArgumentException e) {
      return new Verdict.Bad("its Signature is not base64");
    }
    if (base.isEmpty()) {
      return new Verdict.Bad("its signature covers what it does not have");
    }
    return SigningKey.verifies(key, base.get(), bytes)
        ? new Verdict.Good(keyId.group(1), input, signed)
        : new Verdict.Bad("its signature is not by key \"" + keyId.group(1) + "\", or its method (" + request.method()
            + "), path (" + request.path() + ") or headers were changed on the way");
  }

  /** The signature base (RFC 9421, section 2.5). */
  private static Optional<byte[]> base(Request request, List<String> covered, String parameters) {
    StringBuilder base = new StringBuilder();
    for (String name : covered) {
      Optional<String> value = request.component(name);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      base.append('"').append(name).append("\": ").append(value.get()).append('\n');
    }
    return Optional
        .of(base.append("\"@signature-params\": ").append(parameters).toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String digest(byte[] body) {
    return "sha-256=:" + Base64.getEncoder().encodeToString(SigningKey.sha256(body)) + ":";
  }
}
