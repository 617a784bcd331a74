/**
 * Text over a WebSocket, taken at the reader's pace. Start at {@link dev.fairway.core.socket.PulledSocket}.
 *
 * <p>Nothing here connects: who opens the connection, how, and whether it may be opened is the caller's to say.
 */
@NullMarked
package dev.fairway.core.socket;

import org.jspecify.annotations.NullMarked;
