/**
 * Torture: nodes under load are killed at random moments, and afterwards nothing acknowledged may be lost, doubled or stuck.
 * Start at {@link dev.fairway.node.torture.Torture}.
 */
@NullMarked
package dev.fairway.node.torture;

import org.jspecify.annotations.NullMarked;
