package dev.fairway.datatrust.identity;

import dev.fairway.evm.Address;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A sign-in message as a wallet shows it (EIP-4361), as far as a server must look at it. */
record SiweMessage(String domain, Address address, String version, long chainId, String nonce, Instant issuedAt,
    Optional<Instant> expires, Optional<Instant> notBefore) {
  private static final Pattern FIRST_LINE = Pattern
      .compile("(?:[a-z][a-z0-9+.-]*://)?([^\\s/]{1,255}) wants you to sign in with your Ethereum account:");
  private static final int LONGEST = 4 << 10;

  /** Whether a text is meant as one. */
  static boolean looksLike(String text) {
    return text.lines().findFirst().map(line -> FIRST_LINE.matcher(line).matches()).orElse(false);
  }

  /** Empty when it does not have the form. */
  static Optional<SiweMessage> parse(String text) {
    List<String> lines = text.length() > LONGEST ? List.of() : text.lines().toList();
    Matcher first = FIRST_LINE.matcher(lines.isEmpty() ? "" : lines.getFirst());
    if (!first.matches() || lines.size() < 7) {
      return Optional.empty();
    }
    try {
      return Optional.of(new SiweMessage(first.group(1), Address.parse(lines.get(1)),
          field(lines, "Version").orElseThrow(), Long.parseLong(field(lines, "Chain ID").orElseThrow()),
          field(lines, "Nonce").orElseThrow(), time(field(lines, "Issued At").orElseThrow()),
          field(lines, "Expiration Time").map(SiweMessage::time), field(lines, "Not Before").map(SiweMessage::time)));
    } catch (IllegalArgumentException | DateTimeException | java.util.NoSuchElementException e) {
      return Optional.empty();
    }
  }

  /* The fields come last, so a statement cannot stand in for one. */
  private static Optional<String> field(List<String> lines, String name) {
    String start = name + ": ";
    return lines.reversed().stream().filter(line -> line.startsWith(start)).findFirst()
        .map(line -> line.substring(start.length()).strip());
  }

  private static Instant time(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }
}
