/**
 * Messages between jurisdictions over contracts on an Ethereum chain. Start at {@link EthereumChannel}; each participant
 * has a contract of its own, which {@link ChannelAdministration} deploys and pairs with the others'.
 *
 * <p>Routing and retries between channels are not here; that is {@code exchange}.
 */
@NullMarked
package dev.fairway.evm.channel;

import org.jspecify.annotations.NullMarked;
