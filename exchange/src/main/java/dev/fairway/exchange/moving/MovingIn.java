package dev.fairway.exchange.moving;

import dev.fairway.core.blob.Blobs;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.exchange.moving.OldObjects.OldObject;
import dev.fairway.store.Audit;
import dev.fairway.web.Json;
import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes over what an older node kept: documents, rights to read them, messages and subscriptions, in this order. Doing it
 * again takes over only what came since, so it may be interrupted, and tried while the older node still runs. What cannot be
 * taken over is told with its place and reason, and stops nothing else.
 *
 * <p>The node itself must not be running on an embedded store. To be used by one thread.
 */
public final class MovingIn {
  /** By whom documents and rights came. */
  static final String SOURCE = "moved in";
  private static final int BATCH = 100;

  private final Store store;
  private final Blobs blobs;
  private final Jurisdiction own;
  private final InstantSource clock;
  private final boolean dryRun;
  private final Watcher watcher;

  /** The names of the older node's buckets. */
  public record Buckets(String messages, String objects, String rights, String subscriptions) {
    /** As an older node made them unless told otherwise. */
    public static final Buckets USUAL = new Buckets("messagelake", "objectlake", "acl", "subscriptions");
  }

  /**
   * What became of one kind.
   *
   * @param taken new here
   * @param known here already
   * @param left told to the watcher
   */
  public record Tally(String kind, long taken, long known, long left) {}

  /** Is told how it goes. */
  public interface Watcher {
    /** Something cannot be taken over. */
    void leftOut(String bucket, String key, String why);

    /** So many of a kind are done; every so often. */
    void done(String kind, long number);
  }

  /** @param dryRun whether everything is read and checked, and nothing kept */
  public MovingIn(Store store, Blobs blobs, Jurisdiction own, InstantSource clock, boolean dryRun, Watcher watcher) {
    this.store = store;
    this.blobs = blobs;
    this.own = own;
    this.clock = clock;
    this.dryRun = dryRun;
    this.watcher = watcher;
  }

  /** Takes everything over, and writes into the audit that it did. */
  public List<Tally> run(OldObjects objects, Buckets buckets, OldOutbox outbox) throws IOException {
    List<Tally> tallies = new ArrayList<>();
    for (Kind kind : List.of(new OldDocuments(buckets.objects(), blobs, dryRun), new OldRights(buckets.rights()),
        new OldMessages(objects, buckets.messages(), own, outbox),
        new OldSubscriptions(buckets.subscriptions(), clock))) {
      tallies.add(new Run(kind).over(objects));
    }
    if (!dryRun) {
      store.run(tx -> Audit.record(tx, "command line", "exchange.move-in", own.code(), Json.text(tallies)));
    }
    return tallies;
  }

  /** Undoes a step whose answer is wanted all the same. */
  private static final class Undone extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient List<Optional<String>> outcomes;

    Undone(List<Optional<String>> outcomes) {
      super("a dry run writes nothing", null, false, false);
      this.outcomes = outcomes;
    }
  }

  /** One kind, in transactions of many. */
  private final class Run {
    private static final String KNOWN = "";
    private final Kind kind;
    private final List<Kind.Taking> batch = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private long taken;
    private long known;
    private long left;

    private Run(Kind kind) {
      this.kind = kind;
    }

    private Tally over(OldObjects objects) throws IOException {
      try (Stream<OldObject> all = objects.list(kind.bucket())) {
        for (Iterator<OldObject> each = all.iterator(); each.hasNext();) {
          read(each.next());
          if (batch.size() == BATCH) {
            write();
          }
        }
      }
      write();
      return new Tally(kind.name(), taken, known, left);
    }

    private void read(OldObject object) throws IOException {
      try {
        Optional<Kind.Taking> taking = kind.read(object);
        if (taking.isPresent()) {
          batch.add(taking.get());
          keys.add(object.key());
        }
      } catch (LeftOut e) {
        leave(object.key(), e.why());
      }
    }

    private void leave(String key, String why) {
      left++;
      watcher.leftOut(kind.bucket(), key, why);
    }

    private void write() {
      if (batch.isEmpty()) {
        return;
      }
      List<Optional<String>> outcomes = outcomes();
      for (int i = 0; i < outcomes.size(); i++) {
        Optional<String> outcome = outcomes.get(i);
        if (outcome.isEmpty()) {
          taken++;
        } else if (outcome.get().equals(KNOWN)) {
          known++;
        } else {
          leave(keys.get(i), outcome.get());
        }
      }
      batch.clear();
      keys.clear();
      watcher.done(kind.name(), taken + known + left);
    }

    /** For each of the batch: empty when it was new, {@link #KNOWN}, or why it was left out. */
    private List<Optional<String>> outcomes() {
      try {
        return store.write(tx -> {
          List<Optional<String>> outcomes = new ArrayList<>();
          for (Kind.Taking taking : batch) {
            outcomes.add(outcome(tx, taking));
          }
          if (dryRun) {
            throw new Undone(outcomes);
          }
          return outcomes;
        });
      } catch (Undone undone) {
        return undone.outcomes;
      }
    }

    private static Optional<String> outcome(Transaction tx, Kind.Taking taking) throws SQLException {
      try {
        return taking.apply(tx) ? Optional.empty() : Optional.of(KNOWN);
      } catch (LeftOut e) {
        return Optional.of(e.why());
      }
    }
  }
}
