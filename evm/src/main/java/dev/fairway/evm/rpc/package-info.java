/**
 * Asking Ethereum nodes. Start at {@link EthereumRpc}: several endpoints of one chain, used one at a time, with what went
 * wrong told apart: nobody answered, the node refused, the contract refused.
 *
 * <p>It keeps nothing and signs nothing.
 */
@NullMarked
package dev.fairway.evm.rpc;

import org.jspecify.annotations.NullMarked;
