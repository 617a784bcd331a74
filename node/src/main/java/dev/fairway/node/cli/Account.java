package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Secret;
import dev.fairway.core.Why;
import dev.fairway.datatrust.market.Wallet;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.Keystore;
import dev.fairway.evm.sign.Signer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A person's account on a chain: what signs, and a node of the chain to send by. */
public final class Account {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @Option(names = "--chain", paramLabel = "URL", defaultValue = "${FAIRWAY_CHAIN:-http://127.0.0.1:8545}", description = "a node of the chain (default: ${DEFAULT-VALUE}; also from FAIRWAY_CHAIN)")
  URI chain = URI.create("http://127.0.0.1:8545");

  @Option(names = "--key", paramLabel = "FILE", description = "the account's key: a wallet's key file, opened by FAIRWAY_PASSPHRASE, or 64 hex digits in a file; FAIRWAY_KEY holds the digits otherwise")
  @Nullable
  Path key;

  /** What is done with an account. */
  @FunctionalInterface
  interface Use {
    void with(Wallet wallet, EthereumRpc rpc) throws InterruptedException;
  }

  void use(Use use) throws InterruptedException {
    try (EthereumRpc rpc = new EthereumRpc(RpcConfig.of(chain))) {
      use.with(new Wallet(rpc, signer(), PATIENCE), rpc);
    }
  }

  private Signer signer() {
    Path file = key;
    try {
      if (file == null) {
        String digits = Optional.ofNullable(System.getenv("FAIRWAY_KEY")).orElseThrow(() -> new FairwayException(
            ErrorCode.INVALID, "no account is named; give its key with --key FILE, or in FAIRWAY_KEY"));
        return KeySigner.of(new Secret(digits));
      }
      String text = Files.readString(file).strip();
      return text.startsWith("{")
          ? Keystore.open(file,
              new Secret(Optional.ofNullable(System.getenv("FAIRWAY_PASSPHRASE")).orElse("")))
          : KeySigner.of(new Secret(text));
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.INVALID, "cannot read the key from " + file + ": " + Why.inWords(e), e);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
    }
  }
}
