package dev.fairway.exchange.moving;

import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.BlobId;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.NewWork;
import dev.fairway.exchange.delivery.Works;
import dev.fairway.exchange.document.DocumentTable;
import dev.fairway.exchange.document.Multihash;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.MessageTable;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.exchange.message.StoredMessage.Carriage;
import dev.fairway.exchange.moving.OldObjects.OldObject;
import dev.fairway.exchange.routing.LegacyRoutingTable;
import dev.fairway.web.Json;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Messages: {@code content.json} with the five fields and the reference, {@code metadata.json} with what became of it.
 *
 * <p>Subscribers are not told of them, for the older node told them. One that the older node surely had not yet sent is
 * sent; of one that it may have sent, nobody here can know, and it is left out.
 */
final class OldMessages implements Kind {
  private static final String CONTENT = "/content.json";
  private static final String METADATA = "/metadata.json";

  private final OldObjects objects;
  private final String bucket;
  private final Jurisdiction own;
  private final OldOutbox outbox;
  private final MessageTable messages = new MessageTable();
  private final DocumentTable documents = new DocumentTable();

  OldMessages(OldObjects objects, String bucket, Jurisdiction own, OldOutbox outbox) {
    this.objects = objects;
    this.bucket = bucket;
    this.own = own;
    this.outbox = outbox;
  }

  private record Old(MessageRef ref, Message message, String status, Optional<Carriage> carriage, Instant at) {}

  @Override
  public String name() {
    return "messages";
  }

  @Override
  public String bucket() {
    return bucket;
  }

  @Override
  public Optional<Taking> read(OldObject object) throws IOException, LeftOut {
    if (object.key().endsWith(METADATA)) {
      return Optional.empty();
    }
    if (!object.key().endsWith(CONTENT)) {
      throw new LeftOut("is neither a message's content.json nor its metadata.json");
    }
    String place = object.key().substring(0, object.key().length() - CONTENT.length());
    Optional<OldObject> metadata = objects.find(bucket, place + METADATA);
    JsonNode fate = metadata.isPresent() ? json(metadata.get()) : Json.object();
    Old old = message(json(object), fate, object.modified());
    String expected = old.ref.sender() + "/" + Keys.chunked(old.ref.senderRef());
    if (!place.equals(expected)) {
      throw new LeftOut("tells of message " + old.ref + ", which belongs at " + expected);
    }
    MessageState state = state(old);
    return Optional.of(tx -> take(tx, old, state));
  }

  private static JsonNode json(OldObject object) throws IOException, LeftOut {
    try {
      JsonNode json = Json.parse(object.whole());
      if (json.isObject()) {
        return json;
      }
    } catch (FairwayException e) {
      throw new LeftOut("is not JSON: " + e.getMessage());
    }
    throw new LeftOut("is not a JSON object");
  }

  private static Old message(JsonNode content, JsonNode fate, Instant at) throws LeftOut {
    try {
      Jurisdiction sender = new Jurisdiction(content.path("sender").asString(""));
      Message message = new Message(sender, new Jurisdiction(content.path("receiver").asString("")),
          content.path("subject").asString(""), content.path("obj").asString(""),
          content.path("predicate").asString(""));
      String status = fate.path("status").asString(content.path("status").asString(""));
      return new Old(new MessageRef(sender, content.path("sender_ref").asString("")), message, status, carriage(fate),
          at);
    } catch (IllegalArgumentException e) {
      throw new LeftOut(String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Carriage> carriage(JsonNode fate) {
    String channel = fate.path("channel_id").asString("");
    String id = fate.path("channel_txn_id").asString("");
    return channel.isEmpty() || id.isEmpty()
        ? Optional.empty()
        : Optional
            .of(new Carriage(LegacyRoutingTable.channelName(channel).orElse(channel), id, ChannelStatus.RECEIVED));
  }

  private MessageState state(Old old) throws LeftOut {
    if (old.message.sender().equals(own)) {
      return switch (old.status) {
        case "accepted" -> MessageState.SENT_EARLIER;
        case "rejected" -> MessageState.REFUSED;
        case "pending", "" -> unsent(old.ref);
        default -> throw new LeftOut("is ours and has the status \"" + old.status + "\"");
      };
    }
    if (!old.message.receiver().equals(own)) {
      throw new LeftOut("is from " + old.message.sender() + " to " + old.message.receiver() + ", and we are " + own);
    }
    return switch (old.status) {
      case "accepted" -> MessageState.APPROVED;
      case "rejected" -> MessageState.DECLINED;
      case "received", "pending", "" -> MessageState.RECEIVED;
      default -> throw new LeftOut("has the unknown status \"" + old.status + "\"");
    };
  }

  /* The older node set a message aside when a channel did not answer, and told nobody; so only what its outbox never began
   * is surely unsent. */
  private MessageState unsent(MessageRef ref) throws LeftOut {
    Optional<String> row = outbox.status(ref);
    return switch (row.orElse("")) {
      case "pending" -> MessageState.QUEUED;
      case "accepted" -> MessageState.SENT_EARLIER;
      case "" -> throw new LeftOut("is pending, and "
          + (outbox.known() ? "not in the outbox" : "without the outbox nobody knows whether it was sent"));
      default -> throw new LeftOut("is pending, and \"" + row.get()
          + "\" in the outbox, so the receiver may have it; ask there, then send it anew or let it be");
    };
  }

  private boolean take(Transaction tx, Old old, MessageState state) throws SQLException, LeftOut {
    Optional<StoredMessage> here = messages.find(tx, old.ref);
    if (here.isPresent()) {
      if (!here.get().message().equals(old.message)) {
        throw new LeftOut("is not the message that this node knows as " + old.ref);
      }
      return false;
    }
    if (old.carriage.isPresent()
        && messages.findByCarriage(tx, old.carriage.get().channel(), old.carriage.get().id()).isPresent()) {
      throw new LeftOut("has the channel's id " + old.carriage.get().id() + ", which another message has");
    }
    Optional<BlobId> toFetch = state.inbound() ? missing(tx, old.message) : Optional.empty();
    StoredMessage stored = messages.takeOver(tx, old.message, old.ref, state, old.carriage,
        fetching(state, toFetch, old),
        old.at);
    messages.step(tx, stored.id(), state, "", "taken over from the node before this one");
    if (state == MessageState.QUEUED) {
      tx.enqueue(NewWork.of(Works.ROUTE, old.ref));
    }
    if (toFetch.isPresent()) {
      documents.insertFetch(tx, stored.id(), toFetch.get(), Optional.empty(), 0);
      tx.enqueue(NewWork.of(Works.FETCH, new Works.Fetching(old.ref, toFetch.get()))
          .unique(old.ref + " " + toFetch.get().hex()));
    }
    return true;
  }

  private Optional<BlobId> missing(Transaction tx, Message message) throws SQLException {
    Optional<BlobId> named = Multihash.parse(message.obj()).flatMap(Multihash::blob);
    return named.isPresent() && documents.find(tx, named.get()).isEmpty() ? named : Optional.empty();
  }

  private static StoredMessage.Documents fetching(MessageState state, Optional<BlobId> toFetch, Old old) {
    if (toFetch.isPresent()) {
      return StoredMessage.Documents.FETCHING;
    }
    boolean named = Multihash.parse(old.message.obj()).flatMap(Multihash::blob).isPresent();
    return state.inbound() && named ? StoredMessage.Documents.COMPLETE : StoredMessage.Documents.NONE;
  }
}
