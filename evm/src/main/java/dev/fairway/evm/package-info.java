/**
 * Ethereum: a client that tells what went wrong, keys, transactions that get mined once, and a log reader that survives
 * forks. Start at {@link dev.fairway.evm.rpc.EthereumRpc}; then {@link dev.fairway.evm.tx.Transactions} writes to a chain,
 * {@link dev.fairway.evm.log.LogFollower} reads from it, and {@link dev.fairway.evm.channel.EthereumChannel} is the two
 * together. {@link dev.fairway.evm.DevChain} starts a chain to try them on.
 *
 * <p>This room knows no contract but its own channel's, keeps no full node's data and never holds a key longer than its
 * signer does.
 */
@NullMarked
package dev.fairway.evm;

import org.jspecify.annotations.NullMarked;
