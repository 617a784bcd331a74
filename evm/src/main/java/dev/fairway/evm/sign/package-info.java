/**
 * Keys and what they sign. Start at {@link Signer}: a key in memory ({@link KeySigner}), in an encrypted file
 * ({@link Keystore}), or held by another program ({@link RemoteSigner}).
 *
 * <p>It sends nothing and knows no nonce; that is {@code tx}.
 */
@NullMarked
package dev.fairway.evm.sign;

import org.jspecify.annotations.NullMarked;
