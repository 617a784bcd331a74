/**
 * The market's HTTP interface, as its clients know it. Start at {@link CapiDoor}.
 *
 * <p>Answers of old services that their clients rely on are kept, fixed texts and error shapes included; decisions are made
 * in the rooms behind.
 */
@NullMarked
package dev.fairway.datatrust.http;

import org.jspecify.annotations.NullMarked;
