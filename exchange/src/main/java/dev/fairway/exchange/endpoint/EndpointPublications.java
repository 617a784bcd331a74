package dev.fairway.exchange.endpoint;

import dev.fairway.core.journal.Event;
import dev.fairway.exchange.channel.OperatedChannel;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.web.Json;
import dev.fairway.websub.hub.Publication;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an endpoint tells its subscribers: {@code {"id": …}}, and no more; they ask for the message. */
public final class EndpointPublications implements Publication.Mapping {
  private final ChannelPort port;

  public EndpointPublications(ChannelPort port) {
    this.port = port;
  }

  @Override
  public List<Publication> of(Event event) {
    if (!event.type().equals(ChannelPort.SHOWN) || !event.subject().startsWith(port.id() + "/")) {
      return List.of();
    }
    JsonNode shown = Json.parse(event.body());
    String id = shown.path("id").asString("");
    ObjectNode body = Json.object();
    if (port.channel() instanceof OperatedChannel) {
      body.put("id", Long.parseLong(id));
    } else {
      body.put("id", id);
    }
    return List.of(Publication.json(shown.path("topic").asString(""), body.toString()));
  }
}
