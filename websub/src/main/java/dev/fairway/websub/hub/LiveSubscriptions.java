package dev.fairway.websub.hub;

import dev.fairway.core.journal.Event;
import dev.fairway.core.store.View;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.topic.TopicIndex;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one hub in memory, as of the journal event last seen. Belongs to the hub's follower.
 */
final class LiveSubscriptions {
  /* Every change of a subscription is itself an event, so the follower meets it between the events before and after it, in
   * whichever process it was made. Only when events were followed elsewhere in between is everything loaded again. */
  static final String CONFIRMED = "websub.subscription.confirmed";
  static final String ENDED = "websub.subscription.ended";

  private final String scope;
  private final TopicIndex<Entry> index = new TopicIndex<>();
  private final Map<String, Entry> byId = new HashMap<>();
  private long seen = -1;

  /** What is needed to choose; the rest is read when it is delivered. */
  record Entry(String id, Topic topic, String callback, Instant expiresAt) {}

  LiveSubscriptions(String scope) {
    this.scope = scope;
  }

  /** The subject of events about a subscription. */
  static String subject(String scope, String id) {
    return scope + "/" + id;
  }

  /** Gets ready for a batch of events. */
  void startAt(long offset, View view) throws SQLException {
    if (offset != seen + 1 || seen < 0) {
      index.clear();
      byId.clear();
      for (Subscription subscription : new Subscriptions(view, scope).live()) {
        add(subscription);
      }
    }
  }

  /** Takes note of an event. */
  void see(Event event, View view) throws SQLException {
    seen = event.offset();
    if (!event.type().equals(CONFIRMED) && !event.type().equals(ENDED)) {
      return;
    }
    int slash = event.subject().indexOf('/');
    if (slash != scope.length() || !event.subject().startsWith(scope)) {
      return;
    }
    String id = event.subject().substring(slash + 1);
    @Nullable
    Entry old = byId.remove(id);
    if (old != null) {
      index.remove(old.topic(), old);
    }
    Optional<Subscription> now = new Subscriptions(view, scope).find(id);
    now.ifPresent(this::add);
  }

  private void add(Subscription subscription) {
    Entry entry = new Entry(subscription.id(), subscription.topic(), subscription.callback().url(),
        subscription.expiresAt());
    byId.put(entry.id(), entry);
    index.add(entry.topic(), entry);
  }

  /**
   * Whom to tell of an event under a topic: each callback once, by its narrowest subscription.
   */
  Collection<Entry> match(String topic, Instant now) {
    List<Entry> found = index.match(topic);
    Map<String, Entry> perCallback = LinkedHashMap.newLinkedHashMap(found.size());
    for (Entry entry : found) {
      if (entry.expiresAt().isAfter(now)) {
        perCallback.put(entry.callback(), entry);
      }
    }
    return perCallback.values();
  }

  int size() {
    return byId.size();
  }
}
