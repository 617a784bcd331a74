/**
 * Configuration that is safe to keep with the code: sops documents, sealed for age recipients. Start at {@link Sealed}.
 *
 * <p>Formats: sops 3 (AES-256-GCM per value, MAC over all) and {@code age-encryption.org/v1}. Nothing here writes a file.
 */
@NullMarked
package dev.fairway.connectors.sealed;

import org.jspecify.annotations.NullMarked;
