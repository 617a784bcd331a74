package dev.fairway.exchange.delivery;

import dev.fairway.exchange.routing.ChannelFacts;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The channels of this node, by id. */
public final class Ports {
  private final Map<String, ChannelPort> byId = new LinkedHashMap<>();

  public Ports(Collection<ChannelPort> ports) {
    ports.forEach(port -> byId.put(port.id(), port));
  }

  public Optional<ChannelPort> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  public Collection<ChannelPort> all() {
    return byId.values();
  }

  public Map<String, ChannelFacts> facts(Instant now) {
    Map<String, ChannelFacts> facts = new LinkedHashMap<>();
    byId.forEach((id, port) -> facts.put(id, port.facts(now)));
    return facts;
  }
}
