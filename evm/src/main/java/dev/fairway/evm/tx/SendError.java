package dev.fairway.evm.tx;

import dev.fairway.evm.rpc.RpcError;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a node's refusal of a signed transaction means. The protocol gives no codes for it, so the words of geth, Nethermind,
 * Besu, Erigon, anvil and hardhat are read.
 */
enum SendError {
  /** It is there already, or was mined: looking at the chain will tell. */
  KNOWN,
  /** Another with the same nonce offers as much: offer more. */
  UNDERPRICED,
  /** Earlier nonces are missing there: send again soon. */
  TOO_EARLY,
  /** The account cannot pay for it: send again when it can. */
  POOR,
  /** It will never be accepted. */
  NEVER,
  /** Something else: send again later. */
  LATER;

  private static final Pattern NEVER_WORDS = Pattern
      .compile("intrinsic gas|exceeds block gas limit|initcode|oversized data"
          + "|invalid (sender|signature|chain)|incompatible eip-155|transaction type not supported|exceeds the configured cap"
          + "|gas limit is too high|gas limit too high|gas floor|exceeds transaction gas limit");

  static SendError of(RpcError error) {
    if (error instanceof RpcError.Reverted) {
      // hardhat mines at once and answers with how the transaction went.
      return KNOWN;
    }
    String words = error.message().toLowerCase(Locale.ROOT);
    if (words.contains("already known") || words.contains("already imported") || words.contains("known transaction")
        || words.contains("already in the") || words.contains("nonce too low") || words.contains("nonce is too low")
        || words.contains("old nonce")) {
      return KNOWN;
    }
    if (words.contains("underpriced") || words.contains("less than block base fee") || words.contains("fee too low")
        || words.contains("fee cap less than")) {
      return UNDERPRICED;
    }
    if (words.contains("nonce too high") || words.contains("nonce gap")) {
      return TOO_EARLY;
    }
    if (words.contains("insufficient funds") || words.contains("doesn't have enough funds")
        || words.contains("upfront cost")) {
      return POOR;
    }
    return NEVER_WORDS.matcher(words).find() ? NEVER : LATER;
  }
}
