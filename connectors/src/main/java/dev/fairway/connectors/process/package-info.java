/**
 * Connectors as child processes: started in a group of their own, watched, and ended with everything they started. Start
 * at {@link Child}.
 *
 * <p>What the bytes on the pipes mean is not known here.
 */
@NullMarked
package dev.fairway.connectors.process;

import org.jspecify.annotations.NullMarked;
