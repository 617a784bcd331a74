/**
 * Reading what contracts tell, each thing once, whatever the chain does. Start at {@link LogFollower}.
 *
 * <p>It knows no event's meaning; that is its handler's.
 */
@NullMarked
package dev.fairway.evm.log;

import org.jspecify.annotations.NullMarked;
