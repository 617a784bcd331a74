package dev.fairway.testing.channel;

import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Observation;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A medium in memory that several {@link MemoryChannel}s share: a log of new messages and status changes, in the order
 * they were committed. Safe for many threads.
 */
public final class MemoryMedium {
  private final Clock clock;
  private final Map<String, ChannelMessage> messages = new HashMap<>();
  private final Map<String, String> idsByKey = new HashMap<>();
  private final List<Entry> log = new ArrayList<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  private record Entry(ChannelMessage message, boolean change) {}

  private record Listener(Jurisdiction receiver, Runnable hint) {}

  public MemoryMedium(Clock clock) {
    this.clock = clock;
  }

  /** Appends a message, or finds the one that was posted with the same key. */
  synchronized ChannelMessage append(Envelope envelope, ChannelStatus status) {
    String key = envelope.message().sender() + "/" + envelope.idempotencyKey();
    String existing = idsByKey.get(key);
    if (existing != null) {
      return find(existing).orElseThrow();
    }
    String id = String.valueOf(messages.size() + 1);
    var message = new ChannelMessage(id, envelope.message(), status, envelope.senderRef(), clock.instant());
    messages.put(id, message);
    idsByKey.put(key, id);
    record(new Entry(message, false));
    return message;
  }

  /** Changes a message's status, as an operator or a fork would. */
  public synchronized void change(String id, ChannelStatus status) {
    ChannelMessage old = find(id).orElseThrow();
    var changed = new ChannelMessage(id, old.message(), status, old.senderRef(), clock.instant());
    messages.put(id, changed);
    record(new Entry(changed, true));
  }

  public synchronized Optional<ChannelMessage> find(String id) {
    return Optional.ofNullable(messages.get(id));
  }

  synchronized Optional<ChannelMessage> findByKey(Jurisdiction sender, String key) {
    return Optional.ofNullable(idsByKey.get(sender + "/" + key)).flatMap(this::find);
  }

  /** Every message on the medium, in order of posting. */
  public synchronized List<ChannelMessage> all() {
    return log.stream().filter(entry -> !entry.change).map(entry -> find(entry.message.id()).orElseThrow()).toList();
  }

  synchronized Observation observe(Jurisdiction receiver, String cursor, int limit) {
    return page(entry -> entry.message.message().receiver().equals(receiver), cursor, limit);
  }

  synchronized Observation observeSent(Jurisdiction sender, String cursor, int limit) {
    return page(entry -> entry.change && entry.message.message().sender().equals(sender), cursor, limit);
  }

  AutoCloseable listen(Jurisdiction receiver, Runnable hint) {
    Listener listener = new Listener(receiver, hint);
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private Observation page(Predicate<Entry> wanted, String cursor, int limit) {
    int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
    List<ChannelMessage> found = new ArrayList<>();
    int next = from;
    for (int i = from; i < log.size() && found.size() < limit; i++) {
      if (wanted.test(log.get(i))) {
        found.add(log.get(i).message);
        next = i + 1;
      }
    }
    boolean more = found.size() == limit && log.subList(next, log.size()).stream().anyMatch(wanted);
    return new Observation(found, found.isEmpty() ? cursor : String.valueOf(next), more);
  }

  private void record(Entry entry) {
    log.add(entry);
    var parties = List.of(entry.message.message().receiver(), entry.message.message().sender());
    listeners.stream().filter(listener -> parties.contains(listener.receiver)).forEach(listener -> listener.hint.run());
  }
}
