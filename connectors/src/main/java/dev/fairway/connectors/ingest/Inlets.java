package dev.fairway.connectors.ingest;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.collection.BadDocumentException;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.web.Call;
import dev.fairway.web.Door;
import dev.fairway.web.ErrorStyle;
import dev.fairway.web.Problem;
import dev.fairway.web.Route;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The addresses a node takes webhooks in at. A delivery is answered 200 once it is durable, or was before; a sender that hears anything
 * else may send it again, and should under the same name. Safe for many threads.
 */
public final class Inlets {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LONGEST_ID = 200;

  private final Map<String, Address> addresses = new ConcurrentHashMap<>();
  private final Clock clock;

  public Inlets(Clock clock) {
    this.clock = clock;
  }

  /** Who takes in what is posted to a path. */
  record Address(String task, int binding, IngestConfig config, IngestResource resource, Inlet inlet) {}

  /** @throws FairwayException with {@code CONFIGURATION} when another task has the path */
  void open(Address address) {
    Address other = addresses.putIfAbsent(address.resource().path(), address);
    if (other != null) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "/ingest/" + address.resource().path() + " is the address of " + other.task() + " already");
    }
  }

  void close(Address address) {
    addresses.remove(address.resource().path(), address);
  }

  /** {@code POST /ingest/PATH}. Whoever may post is said by the capture, so the node's own credentials do not count. */
  public Door door() {
    return new Door("ingest", "/ingest", ErrorStyle.PROBLEM, List.of(
        Route.post("/<path>", "Hands a JSON object to a capture")
            .describe("Answered once it is durable. A delivery with a name that was taken in before changes nothing.")
            .anyone().maxBody(IngestResource.MOST_BYTES)
            .answers(200, "it is in the collection").answers(401, "the token or the signature is missing or wrong")
            .answers(404, "no capture takes in at this path now").answers(422, "it breaks the collection's schema")
            .answers(503, "not now; send it again")
            .handle(this::post)));
  }

  private void post(Call call) throws IOException, InterruptedException {
    Address address = addresses.get(call.param("path"));
    if (address == null) {
      throw new FairwayException(ErrorCode.NOT_FOUND,
          "nothing is taken in at " + call.path() + "; its capture is not running, or there is none");
    }
    IngestResource resource = address.resource();
    if (!address.config().knows(call::header)) {
      throw unknownSender();
    }
    byte[] body = call.body().readNBytes(resource.maxBytes() + 1);
    if (body.length > resource.maxBytes()) {
      throw new FairwayException(ErrorCode.TOO_LARGE, "a delivery to " + resource.path() + " must have at most "
          + resource.maxBytes() + " bytes");
    }
    if (!address.config().signed(call::header, body)) {
      throw unknownSender();
    }
    Optional<String> given = call.header(resource.idHeader()).map(String::strip).filter(id -> !id.isEmpty());
    if (given.isPresent() && given.get().length() > LONGEST_ID) {
      throw new FairwayException(ErrorCode.INVALID,
          resource.idHeader() + " must have 1 to " + LONGEST_ID + " characters, has " + given.get().length());
    }
    String id = given.orElseGet(() -> UUID.randomUUID().toString());
    Delivery delivery = new Delivery(address.binding(), id, given.isPresent(), document(call, resource, id, body));
    address.inlet().offer(delivery);
    call.json(200, Map.of("id", id, "duplicate", outcome(delivery)));
  }

  private byte[] document(Call call, IngestResource resource, String id, byte[] body) {
    JsonNode parsed;
    try {
      parsed = Json.parse(body);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
    }
    if (!(parsed instanceof ObjectNode document)) {
      throw new FairwayException(ErrorCode.INVALID, "a delivery must be a JSON object, is " + parsed.getNodeType());
    }
    // What the sender says under our name is not believed.
    ObjectNode meta = document.putObject("_meta").put("webhookId", id).put("receivedAt", clock.instant().toString());
    ObjectNode kept = Json.object();
    resource.headers().forEach(name -> call.header(name).ifPresent(value -> kept.put(name, value)));
    if (!kept.isEmpty()) {
      meta.set("headers", kept);
    }
    return Json.bytes(document);
  }

  private static boolean outcome(Delivery delivery) throws InterruptedException {
    try {
      return delivery.done().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unavailable("it is not durable yet after " + PATIENCE.toSeconds() + " s");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case BadDocumentException bad -> throw new Problem(422, String.valueOf(bad.getMessage()));
        case Problem problem -> throw problem;
        case null, default -> throw unavailable("it could not be made durable");
      }
    }
  }

  private static FairwayException unknownSender() {
    return new FairwayException(ErrorCode.UNAUTHENTICATED, "the token or the signature is missing or wrong");
  }

  static Problem unavailable(String why) {
    return new Problem(503, why + "; send it again");
  }
}
