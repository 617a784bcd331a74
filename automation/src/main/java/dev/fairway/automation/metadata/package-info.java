/**
 * What a package of integrations says of itself, and the settings an operator gives one. Start at {@link PackageMetadata}
 * and {@link SettingsReader}.
 *
 * <p>Nothing here loads or runs code.
 */
@NullMarked
package dev.fairway.automation.metadata;

import org.jspecify.annotations.NullMarked;
