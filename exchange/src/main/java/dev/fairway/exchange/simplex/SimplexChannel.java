package dev.fairway.exchange.simplex;

import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelCapabilities;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.channel.PostResult;
import dev.fairway.core.store.Store;
import dev.fairway.exchange.channel.ChannelJson;
import dev.fairway.exchange.message.PostedMessage;
import dev.fairway.exchange.message.References;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundRequest;
import dev.fairway.web.outbound.OutboundResult;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel from endpoint to endpoint: a message is handed to the receiver's endpoint, signed, and has arrived when that
 * answers 2xx. Each message has the idempotency key it was posted with, by which the receiver knows it again; its id on
 * both sides follows from the sender and that key.
 *
 * <p>What comes in is believed only when it is signed with a key of the jurisdiction it names as its sender; the signature
 * is kept with it. Safe for many threads.
 */
public final class SimplexChannel implements Channel, IncomingChannel {
  private static final Logger LOG = LoggerFactory.getLogger(SimplexChannel.class);
  private static final int MOST_BYTES = 64 * 1024;

  private final String name;
  private final Jurisdiction own;
  private final Map<Jurisdiction, SimplexPeer> peers;
  private final SigningKey key;
  private final Store store;
  private final OutboundClient client;
  private final InstantSource clock;
  private final SimplexTable table;
  private final Map<String, PublicKey> keys = new LinkedHashMap<>();
  private final Map<String, Jurisdiction> owners = new LinkedHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * Opens an end.
   *
   * @param name the channel's name in this node; what is kept is kept under it
   * @throws IllegalArgumentException when two peers have one key
   */
  public SimplexChannel(String name, Jurisdiction own, Map<Jurisdiction, SimplexPeer> peers, SigningKey key,
      Store store, OutboundClient client, InstantSource clock) {
    this.name = name;
    this.own = own;
    this.peers = Map.copyOf(peers);
    this.key = key;
    this.store = store;
    this.client = client;
    this.clock = clock;
    this.table = new SimplexTable(name);
    peers.forEach((owner, peer) -> peer.keys().forEach(text -> {
      keys.put(text, SigningKey.publicKey(text));
      Jurisdiction other = owners.put(text, owner);
      if (other != null && !other.equals(owner)) {
        throw new IllegalArgumentException(
            owner + " and " + other + " have the same key: one could speak as the other");
      }
    }));
    store.run(table::open);
  }

  @Override
  public ChannelCapabilities capabilities() {
    return new ChannelCapabilities(true, true, true, ChannelCapabilities.Finality.IMMEDIATE, MOST_BYTES);
  }

  private static String id(Jurisdiction sender, String key) {
    return References.ofChannelMessage("simplex " + sender, key);
  }

  @Override
  public PostResult post(Envelope envelope) {
    Message message = envelope.message();
    SimplexPeer peer = peers.get(message.receiver());
    if (!message.sender().equals(own)) {
      return new PostResult.Refused("message.sender != " + own);
    }
    if (peer == null) {
      return new PostResult.Refused(message.receiver() + " takes no part in channel " + name);
    }
    String id = id(own, envelope.idempotencyKey());
    ChannelMessage kept = store.write(tx -> {
      table.insert(tx, true, envelope.idempotencyKey(), id, message, envelope.senderRef(), ChannelStatus.RECEIVED,
          Optional.empty());
      return table.find(tx, id).orElseThrow();
    });
    if (!kept.message().equals(message)) {
      return new PostResult.Refused("the key " + envelope.idempotencyKey() + " stands for another message");
    }
    return kept.status() == ChannelStatus.DELIVERED
        ? new PostResult.Accepted(id, ChannelStatus.DELIVERED)
        : judge(id, hand(peer, envelope));
  }

  private OutboundResult hand(SimplexPeer peer, Envelope envelope) {
    URI url = peer.base().resolve("messages/incoming");
    byte[] body = ChannelJson.posting(envelope, true).toString().getBytes(StandardCharsets.UTF_8);
    OutboundRequest request = OutboundRequest.post(url).header("Accept", "application/json")
        .header("Idempotency-Key", envelope.idempotencyKey()).bytes("application/json", body);
    var signed = new RequestSignature.Request("POST", url.getRawPath(),
        Map.of("idempotency-key", envelope.idempotencyKey()), body);
    for (var header : RequestSignature.sign(signed, key.publicText(), key, clock.instant()).entrySet()) {
      request = request.header(header.getKey(), header.getValue());
    }
    try {
      return client.send(peer.tokens().isPresent() ? request.bearer(peer.tokens().get().token().reveal()) : request);
    } catch (FairwayException e) {
      return new OutboundResult.Failed("no token: " + e.getMessage(), false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new OutboundResult.Failed("interrupted", true);
    }
  }

  private PostResult judge(String id, OutboundResult result) {
    return switch (result) {
      case OutboundResult.Answered answer when answer.ok() -> {
        store.run(tx -> table.status(tx, id, ChannelStatus.DELIVERED));
        yield new PostResult.Accepted(id, ChannelStatus.DELIVERED);
      }
      case OutboundResult.Answered answer when List.of(401, 408, 425, 429, 503).contains(answer.status()) ->
        new PostResult.Unavailable(answer.retryAfter(clock.instant()), answer.describe());
      case OutboundResult.Answered answer when answer.status() < 500 -> {
        store.run(tx -> table.status(tx, id, ChannelStatus.UNDELIVERABLE));
        String text = answer.body().text().replaceAll("\\p{Cntrl}", " ");
        yield new PostResult.Refused(answer.describe() + " " + text.substring(0, Math.min(300, text.length())));
      }
      case OutboundResult.Answered answer -> new PostResult.Unknown(answer.describe());
      case OutboundResult.Refused(var why) -> new PostResult.Unavailable(Optional.empty(), why);
      case OutboundResult.Failed(_, var sent) -> lost(sent, result);
      case OutboundResult.TimedOut late -> lost(late.sent(), result);
    };
  }

  private static PostResult lost(boolean sent, OutboundResult result) {
    return sent
        ? new PostResult.Unknown(result.describe())
        : new PostResult.Unavailable(Optional.empty(), result.describe());
  }

  @Override
  public Taking take(RequestSignature.Request request) {
    Taking taking = switch (RequestSignature.verify(request, keys)) {
      case RequestSignature.Verdict.Bad(var why) -> new Taking.Refused(403, why);
      case RequestSignature.Verdict.Good good -> switch (PostedMessage.read(request.body(), own)) {
        case PostedMessage.Reading.Bad(var faults) -> new Taking.Refused(400, String.valueOf(faults));
        case PostedMessage.Reading.Good(var posted) -> take(request, posted, good);
      };
    };
    if (taking instanceof Taking.Refused(var status, var why)) {
      LOG.warn("message refused channel={} status={} why=\"{}\"", name, status, why);
    }
    return taking;
  }

  private Taking take(RequestSignature.Request request, PostedMessage posted, RequestSignature.Verdict.Good signed) {
    Jurisdiction speaker = owners.get(signed.keyId());
    Message message = posted.message();
    if (!message.sender().equals(speaker)) {
      return new Taking.Refused(403,
          "it is signed by " + speaker + " and names " + message.sender() + " as its sender");
    }
    if (!message.receiver().equals(own)) {
      return new Taking.Refused(400, "it is for " + message.receiver() + ", this is " + own);
    }
    String idempotencyKey = request.headers().getOrDefault("idempotency-key", "");
    if (idempotencyKey.isBlank() || idempotencyKey.length() > 300) {
      return new Taking.Refused(400, "Idempotency-Key must have 1 to 300 characters");
    }
    String id = id(message.sender(), idempotencyKey);
    ChannelMessage kept = store.write(tx -> {
      if (table.insert(tx, false, idempotencyKey, id, message, posted.senderRef(), ChannelStatus.CONFIRMED,
          Optional.of(signed))) {
        tx.afterCommit(() -> listeners.forEach(Runnable::run));
      }
      return table.find(tx, id).orElseThrow();
    });
    return kept.message().equals(message)
        ? new Taking.Taken(id)
        : new Taking.Refused(409, "the key " + idempotencyKey + " stands for another message");
  }

  @Override
  public Optional<ChannelMessage> find(String id) {
    return store.read(view -> table.find(view, id));
  }

  /** Only what the receiver surely has; whatever else was posted may be posted again under its key. */
  @Override
  public Optional<ChannelMessage> findByKey(String idempotencyKey) {
    return find(id(own, idempotencyKey)).filter(message -> message.status() == ChannelStatus.DELIVERED);
  }

  @Override
  public Observation observe(Jurisdiction receiver, String cursor, int limit) {
    return store.read(view -> table.observe(view, false, receiver, cursor, limit));
  }

  @Override
  public Observation observeSent(Jurisdiction sender, String cursor, int limit) {
    return store.read(view -> table.observe(view, true, sender, cursor, limit));
  }

  @Override
  public AutoCloseable onChange(Jurisdiction receiver, Runnable hint) {
    listeners.add(hint);
    return () -> listeners.remove(hint);
  }

  @Override
  public void close() {
    listeners.clear();
  }
}
