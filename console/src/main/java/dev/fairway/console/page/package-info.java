/**
 * The pages every node has: overview, messages, documents, channels, subscriptions, work, dead letters, audit, journal. Start at
 * any of them; each stands on one service of one room.
 */
@NullMarked
package dev.fairway.console.page;

import org.jspecify.annotations.NullMarked;
