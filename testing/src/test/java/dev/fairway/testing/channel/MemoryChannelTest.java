package dev.fairway.testing.channel;

import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import java.time.Clock;
import java.util.Set;

class MemoryChannelTest extends ChannelContract {
  private final MemoryMedium medium = new MemoryMedium(Clock.systemUTC());

  @Override
  protected Channel open(Jurisdiction own) {
    return new MemoryChannel(medium, own, Set.of(AU, SG, NZ));
  }

  @Override
  protected boolean change(String id, ChannelStatus status) {
    medium.change(id, status);
    return true;
  }
}
