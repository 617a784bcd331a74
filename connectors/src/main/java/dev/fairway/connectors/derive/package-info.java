/**
 * Derivations: collections made out of others by a connector. Start at {@link dev.fairway.connectors.derive.DeriveTask}, and at
 * {@link dev.fairway.connectors.derive.DeriveProgram} for what does the work.
 *
 * <p>What was read, what was published and the connector's state are written in one transaction, so that each source
 * document has its effect once, however a session ends.
 */
@NullMarked
package dev.fairway.connectors.derive;

import org.jspecify.annotations.NullMarked;
