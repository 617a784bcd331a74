package dev.fairway.evm.sign;

import dev.fairway.evm.Hash;

/**
 * A transaction ready to be sent.
 *
 * @param hash its name on the chain
 * @param raw its bytes as hex, as {@code eth_sendRawTransaction} takes them
 */
public record SignedTransaction(Hash hash, String raw) {}
