package dev.fairway.node;

import dev.fairway.core.Secret;
import dev.fairway.evm.Address;
import dev.fairway.evm.Finality;
import dev.fairway.evm.log.LogFollowerConfig;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.Keystore;
import dev.fairway.evm.sign.RemoteSigner;
import dev.fairway.evm.sign.Signer;
import dev.fairway.evm.tx.TransactionsConfig;
import dev.fairway.node.config.Section;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A chain and an account on it, as they are written: whom to ask, who signs, when a block is certain.
 *
 * @param finality when a block is certain
 * @param poll how often the chain is looked at
 * @param mostPerGas never offered more, in wei
 */
record ChainSettings(RpcConfig rpc, Key key, Finality finality, Duration poll, BigInteger mostPerGas,
    boolean legacyFees) {
  private static final BigInteger GWEI = BigInteger.TEN.pow(9);

  /** Who signs. */
  sealed interface Key {
    /** The key itself. */
    record Plain(KeySigner signer) implements Key {}

    /** A key file under a pass phrase. */
    record Stored(Path file, Secret passPhrase) implements Key {}

    /** Another program that holds the key. */
    record Held(Address account, URI url, Optional<String> identifier, Optional<Secret> authorization) implements Key {}
  }

  /** Empty when what is written cannot be used; the problems are noted. */
  static Optional<ChainSettings> from(Section section) {
    return from(section, List.of(), Optional.empty());
  }

  /**
   * @param first nodes written elsewhere, asked before those of the section
   * @param signer who signs, when that is written elsewhere
   */
  static Optional<ChainSettings> from(Section section, List<URI> first, Optional<Key> signer) {
    List<URI> urls = new ArrayList<>(first);
    for (String text : section.texts("urls", "nodes of the chain (JSON-RPC over HTTP), the preferred first")) {
      try {
        urls.add(URI.create(text));
      } catch (IllegalArgumentException e) {
        section.problem("urls", "\"" + text + "\" is not a URL; write http://127.0.0.1:8545");
      }
    }
    int chain = section.integer("chain-id", 1, 1, Integer.MAX_VALUE, "the chain those nodes must be on (EIP-155)");
    Duration timeout = section.duration("timeout", "10s", "100ms", "5m", "how long a node of the chain may take");
    int confirmations = section.integer("confirmations", 12, 0, 10_000, "blocks on top that make one certain");
    boolean finalized = section.flag("finalized", false,
        "whether a block is certain when the chain calls it finalized, however many are on top");
    Duration poll = section.duration("poll", "1s", "10ms", "10m", "how often the chain is looked at");
    int mostGwei = section.integer("most-gwei", 500, 1, 1_000_000,
        "most to offer for gas, in gwei; while the chain asks for more, nothing is sent");
    boolean legacy = section.flag("legacy-fees", false, "whether to offer one gas price even where EIP-1559 is spoken");
    Optional<Key> key = signer.isPresent() ? signer : key(section);
    if (urls.isEmpty()) {
      section.problem("urls", "is missing: a node of the chain; write [http://127.0.0.1:8545]");
      return Optional.empty();
    }
    try {
      RpcConfig rpc = RpcConfig.of(urls.toArray(URI[]::new)).withChainId(chain).withTimeout(timeout);
      Finality finality = finalized ? new Finality.Finalized() : new Finality.Depth(confirmations);
      return key
          .map(who -> new ChainSettings(rpc, who, finality, poll, GWEI.multiply(BigInteger.valueOf(mostGwei)),
              legacy));
    } catch (IllegalArgumentException e) {
      section.problem("urls", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<Key> key(Section section) {
    Optional<Secret> plain = section.secret("key", "the account's private key, 64 hex digits; for trying things");
    Optional<Path> file = section.path("keystore", "the account's key file (Web3 Secret Storage, version 3)");
    Optional<Secret> passPhrase = section.secret("passphrase", "opens the key file");
    Optional<URI> signer = section.url("signer", "a program that signs for the account");
    Optional<String> account = section.text("account", "the account it signs for");
    Optional<String> identifier = section.text("signer-identifier",
        "Web3Signer's name for the key; without it the signer is asked by JSON-RPC (eth_signTransaction)");
    Optional<Secret> authorization = section.secret("signer-authorization", "sent to it as the Authorization header");
    long ways = plain.stream().count() + file.stream().count() + signer.stream().count();
    if (ways != 1) {
      section.problem("key", ways == 0
          ? "is missing: who signs; give one of key, keystore or signer"
          : "is not alone: give one of key, keystore or signer");
      return Optional.empty();
    }
    try {
      if (plain.isPresent()) {
        return Optional.of(new Key.Plain(KeySigner.of(plain.get())));
      }
      if (file.isPresent()) {
        return Optional.of(new Key.Stored(file.get(), passPhrase.orElse(new Secret(""))));
      }
      if (account.isEmpty()) {
        section.problem("account", "is missing: the account that the signer signs for, 0x and 40 hex digits");
        return Optional.empty();
      }
      return Optional.of(new Key.Held(Address.parse(account.get()), signer.orElseThrow(), identifier, authorization));
    } catch (IllegalArgumentException e) {
      section.problem(plain.isPresent() ? "key" : "account", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /**
   * Opens the key, which may take a second.
   *
   * @throws dev.fairway.core.FairwayException with {@code CONFIGURATION} when it cannot be opened
   */
  Signer signer() {
    return switch (key) {
      case Key.Plain(var signer) -> signer;
      case Key.Stored(var file, var passPhrase) -> Keystore.open(file, passPhrase);
      case Key.Held(var account, var url, var identifier, var authorization) -> new RemoteSigner(account,
          identifier.<RemoteSigner.Protocol>map(name -> new RemoteSigner.Protocol.Web3Signer(url, name,
              authorization.orElse(new Secret("")), Duration.ofSeconds(10)))
              .orElseGet(() -> new RemoteSigner.Protocol.JsonRpc(new EthereumRpc(holder(url, authorization)))));
    };
  }

  private RpcConfig holder(URI url, Optional<Secret> authorization) {
    RpcConfig plain = RpcConfig.of(url).withChainId(rpc.chainId().orElseThrow());
    return authorization.map(value -> plain.withHeader("Authorization", value)).orElse(plain);
  }

  TransactionsConfig sending() {
    TransactionsConfig config = TransactionsConfig.DEFAULT.withFinality(finality).withPoll(poll)
        .withMostPerGas(mostPerGas);
    return legacyFees ? config.withLegacyFees() : config;
  }

  LogFollowerConfig reading() {
    return LogFollowerConfig.DEFAULT.withFinality(finality).withPoll(poll);
  }
}
