/**
 * Data at rest, each object encrypted under a key of its own. Start at {@link SealedObjects}.
 *
 * <p>It knows nothing of listings; what an object is for is {@code listing}'s.
 */
@NullMarked
package dev.fairway.datatrust.object;

import org.jspecify.annotations.NullMarked;
