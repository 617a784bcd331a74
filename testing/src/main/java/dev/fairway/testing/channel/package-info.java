/**
 * What every channel promises, as tests, and a channel in memory that keeps the promises. Start at
 * {@link dev.fairway.testing.channel.ChannelContract}.
 *
 * <p>The twin can be told to misbehave the way networks do; it does not imitate any particular medium.
 */
@NullMarked
package dev.fairway.testing.channel;

import org.jspecify.annotations.NullMarked;
