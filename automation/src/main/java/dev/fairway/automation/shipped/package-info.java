/**
 * Integrations that come with the node. {@link ShippedIntegrations} lists them with their metadata; each is written
 * against the SDK alone, as anyone's would be.
 */
@NullMarked
package dev.fairway.automation.shipped;

import org.jspecify.annotations.NullMarked;
