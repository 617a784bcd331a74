/**
 * What is under way for a client, told truly and for as long as anybody may ask. Start at {@link Tasks}; {@link Outgoing}
 * sends what the node itself has to say to the chain.
 *
 * <p>What a task's end means for a listing or a purchase is theirs to say; they listen.
 */
@NullMarked
package dev.fairway.datatrust.task;

import org.jspecify.annotations.NullMarked;
