/**
 * What an operator installed and set up: packages, and the integrations made of their types, kept over restarts. Start at
 * {@link Installations}. {@link IntegrationsApi} and {@link LedgersApi} serve them under {@code /api}.
 *
 * <p>Running integrations is the runtime's; this remembers which, and with what.
 */
@NullMarked
package dev.fairway.automation.installed;

import org.jspecify.annotations.NullMarked;
