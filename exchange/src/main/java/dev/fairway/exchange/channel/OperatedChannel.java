package dev.fairway.exchange.channel;

import dev.fairway.core.channel.ChannelStatus;

/** A channel whose medium has an operator who may take messages back. */
public interface OperatedChannel {
  /** Changes a message's status; false when there is no such message or it has that status. */
  boolean change(String id, ChannelStatus status);
}
