package dev.fairway.datatrust.identity;

import dev.fairway.core.store.Store;
import dev.fairway.core.store.View;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Keccak;
import dev.fairway.evm.sign.Secp256k1;
import dev.fairway.evm.sign.Signature;
import dev.fairway.evm.sign.Signer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Believes that somebody holds an account, by a message signed as wallets sign (EIP-191, version 0x45). By default only a
 * message made for this log-in does: {@code timestamp: <ms since 1970>} not more than five minutes off, or a sign-in message
 * (EIP-4361) with a nonce of ours; and each signature works once. A contract may hold an account too and say what it has signed
 * (EIP-1271). Safe for many threads.
 */
public final class LogIn {
  /** How long a nonce can be used, and how far a timestamp may be off. */
  public static final Duration WINDOW = Duration.ofMinutes(5);

  private static final Pattern TIMESTAMP = Pattern.compile("timestamp: (\\d{1,15})");
  private static final int LONGEST = 16 << 10;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Store store;
  private final String domain;
  private final LongSupplier chainId;
  private final ContractWallets contracts;
  private final boolean free;

  /**
   * @param domain whom sign-in messages must name: the datatrust's DNS name
   * @param free whether any text will do
   */
  public LogIn(Store store, String domain, LongSupplier chainId, ContractWallets contracts, boolean free) {
    this.store = store;
    this.domain = domain;
    this.chainId = chainId;
    this.contracts = contracts;
    this.free = free;
  }

  /** A nonce for a sign-in message; it can be used once, within five minutes. */
  public String nonce() {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    String nonce = HexFormat.of().formatHex(random);
    store.run(tx -> {
      OnceTable.forgetExpired(tx);
      OnceTable.first(tx, OnceTable.Kind.NONCE, nonce, tx.now().plus(WINDOW));
    });
    return nonce;
  }

  /**
   * Whether the signature shows that whoever sent it holds the account.
   *
   * @param account with its check letters (EIP-55), as tokens will name it
   * @throws AskedTooOften when it would have to be asked of the chain, and too much was just now
   */
  public boolean holds(String message, String signature, String account) {
    if (message.length() > LONGEST) {
      return false;
    }
    Optional<Address> holder = holder(message, signature, account);
    return holder.isPresent() && (free || store.write(tx -> {
      String digest = Keccak.hash(holder.get().hex() + message).hex();
      return isFor(message, holder.get(), tx.now())
          && usesNonce(message, nonce -> OnceTable.take(tx, OnceTable.Kind.NONCE, nonce))
          && OnceTable.first(tx, OnceTable.Kind.SIGNATURE, digest, tx.now().plus(WINDOW.multipliedBy(3)));
    }));
  }

  /*
   * A contract is asked only about a message that would be taken. Anybody can write one, for any account, so how often
   * contracts are asked has a limit of its own.
   */
  private Optional<Address> holder(String message, String signature, String account) {
    Optional<Address> signer = signer(message, signature);
    if (signer.filter(known -> known.checksummed().equals(account)).isPresent()) {
      return signer;
    }
    return checksummed(account)
        .filter(wallet -> free || isFor(message, wallet, store.read(View::now)))
        .filter(wallet -> bytes(signature)
            .filter(given -> contracts.signed(wallet, Hash.of(digest(message)), given)).isPresent());
  }

  private static Optional<Address> checksummed(String account) {
    try {
      return Optional.of(Address.parse(account)).filter(known -> known.checksummed().equals(account));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<byte[]> bytes(String hex) {
    try {
      return Optional.of(Hex.bytes(hex));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] digest(String message) {
    return Signer.messageDigest(message.getBytes(StandardCharsets.UTF_8));
  }

  /** Who signed; empty when it is no signature. One with a high {@code s} is none (EIP-2). */
  private static Optional<Address> signer(String message, String signature) {
    try {
      Signature parsed = Signature.parse(Hex.bytes(signature));
      return Optional.of(Secp256k1.best().signer(digest(message), parsed));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private boolean isFor(String message, Address signer, Instant now) {
    Matcher timestamp = TIMESTAMP.matcher(message);
    if (timestamp.matches()) {
      Instant made = Instant.ofEpochMilli(Long.parseLong(timestamp.group(1)));
      return Duration.between(made, now).abs().compareTo(WINDOW) <= 0;
    }
    return SiweMessage.parse(message)
        .filter(siwe -> siwe.domain().equals(domain) && siwe.address().equals(signer) && siwe.version().equals("1")
            && siwe.chainId() == chainId.getAsLong() && !siwe.issuedAt().isAfter(now.plus(WINDOW))
            && siwe.expires().map(now::isBefore).orElse(true)
            && siwe.notBefore().map(start -> !now.isBefore(start)).orElse(true))
        .isPresent();
  }

  private static boolean usesNonce(String message, java.util.function.Predicate<String> take) {
    return !SiweMessage.looksLike(message)
        || SiweMessage.parse(message).filter(siwe -> take.test(siwe.nonce())).isPresent();
  }
}
