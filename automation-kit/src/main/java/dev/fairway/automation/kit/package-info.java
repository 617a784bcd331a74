/**
 * A node in a test of an integration: the real runtime over a ledger of its own, with a clock that stands still. Start at
 * {@link IntegrationKit}.
 */
@NullMarked
package dev.fairway.automation.kit;

import org.jspecify.annotations.NullMarked;
