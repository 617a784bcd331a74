package dev.fairway.exchange.message;

import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.WorkKind;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The messages of one node: taken in, listed, followed step by step. Each call is one transaction. Safe for many threads.
 */
public final class Messages {
  private final Store store;
  private final Jurisdiction own;
  private final WorkKind<MessageRef> next;
  private final MessageTable table = new MessageTable();

  /** @param next the work that puts an accepted message on its way */
  public Messages(Store store, Jurisdiction own, WorkKind<MessageRef> next) {
    this.store = store;
    this.own = own;
    this.next = next;
  }

  /** What became of a message that was handed in. */
  public sealed interface Intake {
    /** @param json the answer to the one who handed it in */
    record Taken(MessageRef ref, String json) implements Intake {}

    /** The reference stands for another message. */
    record Clash(MessageRef ref) implements Intake {}
  }

  /** A page of messages, newest first. */
  public record Page(List<StoredMessage> messages, Optional<String> next) {}

  /** A message with all that happened to it. */
  public record Journey(StoredMessage message, List<MessageTable.Step> steps, List<String> decisions) {}

  public Jurisdiction own() {
    return own;
  }

  /**
   * Takes a message in, durably; it is readable and on its way when this returns. A resend under the same reference
   * changes nothing.
   */
  public Intake accept(MessageForm form, Optional<String> key, String submitter) {
    Message message = form.message();
    String senderRef = form.senderRef().or(() -> key.map(value -> References.ofKey(submitter, value)))
        .orElseGet(() -> References.fresh(Instant.now()));
    MessageRef ref = new MessageRef(own, senderRef);
    String json = MessageJson.accepted(message, senderRef, MessageStatus.PENDING);
    NewWork<MessageRef> work = NewWork.of(next, ref).priority(form.priority());
    return store.write(tx -> {
      boolean fresh = table.insert(tx, message, senderRef, MessageState.QUEUED, Optional.empty(),
          StoredMessage.Documents.NONE, form.priority(), form.ordered(), submitter);
      if (!fresh) {
        StoredMessage stored = table.find(tx, ref).orElseThrow();
        return stored.message().equals(message)
            ? new Intake.Taken(ref, MessageJson.whole(stored))
            : new Intake.Clash(ref);
      }
      tx.append(new NewEvent("exchange.message.accepted", ref.toString(), json));
      tx.enqueue(form.ordered() ? work.key(message.subject()) : work);
      return new Intake.Taken(ref, json);
    });
  }

  public Optional<StoredMessage> find(MessageRef ref) {
    return store.read(view -> table.find(view, ref));
  }

  public Optional<Journey> journey(MessageRef ref) {
    return store.read(view -> {
      Optional<StoredMessage> found = table.find(view, ref);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      StoredMessage message = found.get();
      return Optional.of(new Journey(message, table.steps(view, message.id()), table.decisions(view, message.id())));
    });
  }

  /**
   * A page of messages.
   *
   * @param cursor as given by the page before; empty for the newest
   * @param limit 1 to 500
   * @throws dev.fairway.core.FairwayException with {@code INVALID} when the cursor is none of ours
   */
  public Page list(MessageTable.Filter filter, Optional<String> cursor, int limit) {
    long below = cursor.map(Cursor::id).orElse(Long.MAX_VALUE);
    List<StoredMessage> found = store.read(view -> table.list(view, filter, below, limit + 1));
    if (found.size() <= limit) {
      return new Page(found, Optional.empty());
    }
    List<StoredMessage> page = found.subList(0, limit);
    return new Page(page, Optional.of(Cursor.of(page.getLast().id())));
  }

  /** What became of a business's decision on a message. */
  sealed interface Review {
    record Done(StoredMessage message) implements Review {}

    record NoSuchMessage() implements Review {}

    record Final(MessageStatus status) implements Review {}

    record OneKeyOnly() implements Review {}

    record AlreadyCarried() implements Review {}

    record Stale(int version) implements Review {}

    record NotTheirs(String why) implements Review {}
  }

  /** A business's decision: yes or no on a message that arrived. */
  Review review(MessageRef ref, Optional<MessageStatus> status, Optional<String> channel,
      Optional<String> channelMessage,
      Optional<Integer> expectedVersion, String actor) {
    return store.write(tx -> {
      Optional<StoredMessage> found = table.lock(tx, ref);
      if (found.isEmpty()) {
        return new Review.NoSuchMessage();
      }
      StoredMessage message = found.get();
      boolean changes = status.isPresent() && status.get() != message.status();
      boolean isFinal = message.status() == MessageStatus.ACCEPTED || message.status() == MessageStatus.REJECTED;
      if (changes && isFinal) {
        return new Review.Final(message.status());
      }
      if (channel.isPresent() != channelMessage.isPresent()) {
        return new Review.OneKeyOnly();
      }
      if (channel.isPresent() && message.carriage().isPresent()) {
        return new Review.AlreadyCarried();
      }
      if (expectedVersion.isPresent() && expectedVersion.get() != message.version()) {
        return new Review.Stale(message.version());
      }
      if (channel.isPresent()) {
        return new Review.NotTheirs("channel_id and channel_txn_id are set by the node that sends the message");
      }
      if (!changes) {
        return new Review.Done(message);
      }
      if (!message.state().inbound()) {
        return new Review.NotTheirs("the status of a message of ours is set by the node that sends it");
      }
      MessageState state = status.get() == MessageStatus.ACCEPTED ? MessageState.APPROVED : MessageState.DECLINED;
      StoredMessage moved = table.move(tx, message, state, message.carriage(), actor, "reviewed");
      told(tx, moved, "exchange.message.status");
      return new Review.Done(moved);
    });
  }

  /** Tells the journal that a message changed; the body is the message. */
  public static void told(Transaction tx, StoredMessage message, String type) throws SQLException {
    tx.append(new NewEvent(type, message.ref().toString(), MessageJson.whole(message)));
  }

  /**
   * The messages of one state that are neither certain nor given up.
   *
   * @param channel the one that has them; empty while none has
   * @param oldest when the oldest was accepted; empty when there are none
   */
  public record UnderWay(MessageState state, String channel, long count, Optional<Instant> oldest) {}

  /**
   * What is under way, also where that is nothing.
   *
   * @param channels those that may have some; others are told of only when they have
   */
  public List<UnderWay> underWay(Set<String> channels) {
    Map<Map.Entry<MessageState, String>, UnderWay> all = new LinkedHashMap<>();
    Consumer<UnderWay> put = one -> all.put(Map.entry(one.state(), one.channel()), one);
    List.of(MessageState.QUEUED, MessageState.SENDING, MessageState.UNCERTAIN)
        .forEach(state -> put.accept(new UnderWay(state, "", 0, Optional.empty())));
    channels.forEach(channel -> put.accept(new UnderWay(MessageState.SENT, channel, 0, Optional.empty())));
    store.read(table::underWay).forEach(put);
    return List.copyOf(all.values());
  }

  /**
   * What a channel carried of the newest messages.
   *
   * @param sent those of ours it has
   * @param arrived those it brought
   * @param last the newest of both
   * @param lastAt when this node took that one in
   */
  public record Traffic(String channel, long sent, long arrived, MessageRef last, Instant lastAt) {}

  /**
   * What each channel carried, of no more than the newest messages of this node, so that it costs the same on a large node.
   * A channel that carried none of them is not told of.
   *
   * @param newest how many messages are looked at, at least 1
   */
  public List<Traffic> traffic(int newest) {
    return store.read(view -> table.traffic(view, own, newest));
  }

  MessageTable table() {
    return table;
  }
}
