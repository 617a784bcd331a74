package dev.fairway.connectors.collection;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All collections of a node, in the files of one folder and the rows of one store. One process at a time owns the folder.
 * Safe for many threads.
 */
public final class Collections implements AutoCloseable {
  private final Store store;
  private final Path dir;
  private final long segmentBytes;
  private final Map<String, Collection> open = new ConcurrentHashMap<>();

  /** @param segmentBytes how large a file grows before the next is begun, at least 1 */
  public Collections(Store store, Path dir, long segmentBytes) {
    if (segmentBytes < 1) {
      throw new IllegalArgumentException("segment bytes must be at least 1, is " + segmentBytes);
    }
    this.store = store;
    this.dir = dir;
    this.segmentBytes = segmentBytes;
  }

  /** A folder for what does not outlive the process. */
  public Path scratch() {
    return dir.resolve("scratch");
  }

  /**
   * The collection of a name, which need not have documents yet. Names are slash-separated tokens of letters, digits and
   * {@code - _ .}
   */
  public Collection get(String name) {
    Collection collection = open.computeIfAbsent(name, this::load);
    if (collection.inDoubt()) {
      collection.lock();
      try {
        settle(collection);
      } finally {
        collection.unlock();
      }
    }
    return collection;
  }

  /** Names and lengths of all collections that have documents. */
  public List<Extent> list() {
    return store.read(view -> {
      List<Extent> extents = new ArrayList<>();
      try (PreparedStatement query = view.connection()
          .prepareStatement(
              "SELECT name, committed, documents FROM connector_collection WHERE documents > 0 ORDER BY name");
          ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          extents.add(new Extent(rows.getString(1), rows.getLong(2), rows.getLong(3)));
        }
      }
      return extents;
    });
  }

  /**
   * Appends documents and runs an effect, durably and together: after this, both have happened, and after a throw or a
   * crash, neither. Where the store cannot know whether it committed ({@link Store#write}), nobody does until the store is
   * there again; the collections are asked after in it before anything is appended to them, so that what was committed
   * after all stays.
   *
   * @throws FairwayException as {@link Store#write} does, with {@code DISK_FULL} or {@code STORE_DOWN} for the files, and with
   * {@code BUSY} when somebody else appended; trying again can help
   */
  public void commit(Map<Collection, List<Spool>> appends, Store.Effect effect) {
    // By name, so that two tasks that append to the same collections never wait for each other in a circle.
    Map<String, Collection> ordered = new TreeMap<>();
    appends.forEach((collection, spools) -> {
      if (spools.stream().anyMatch(spool -> !spool.isEmpty())) {
        ordered.put(collection.name(), collection);
      }
    });
    ordered.values().forEach(Collection::lock);
    try {
      ordered.values().forEach(this::settle);
      Map<Collection, Collection.Written> written = new ConcurrentHashMap<>();
      for (Collection collection : ordered.values()) {
        written.put(collection, collection.write(appends.getOrDefault(collection, List.of())));
      }
      try {
        store.run(tx -> {
          for (Collection collection : ordered.values()) {
            Collection.Written w = written.get(collection);
            if (w != null) {
              update(tx, collection.name(), w);
            }
          }
          effect.apply(tx);
        });
      } catch (RuntimeException | Error e) {
        // What is thrown does not always tell whether the rows were written.
        ordered.values().forEach(Collection::doubt);
        throw e;
      }
      written.forEach(Collection::committed);
    } catch (IOException e) {
      throw new FairwayException(
          Files.exists(dir) && dir.toFile().getUsableSpace() < 1 << 20 ? ErrorCode.DISK_FULL : ErrorCode.STORE_DOWN,
          "cannot append to " + ordered.keySet() + " in " + dir + ": " + e.getMessage(), e);
    } finally {
      ordered.values().forEach(Collection::unlock);
    }
  }

  private static void update(Transaction tx, String name, Collection.Written written) throws SQLException {
    try (PreparedStatement upsert = tx.connection()
        .prepareStatement("INSERT INTO connector_collection (name, committed, documents) VALUES (?, ?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET committed = excluded.committed, documents = excluded.documents"
            + " WHERE connector_collection.committed = ?")) {
      upsert.setString(1, name);
      upsert.setLong(2, written.end());
      upsert.setLong(3, written.documents());
      upsert.setLong(4, written.begin());
      if (upsert.executeUpdate() == 0) {
        throw new FairwayException(ErrorCode.BUSY,
            "collection " + name + " does not end at " + written.begin() + " any more: somebody else appended to it");
      }
    }
  }

  /**
   * Asks the store where a collection ends, when that is not known. The row is written, not only read: that waits for a
   * transaction whose connection broke and which the database has yet to end.
   */
  private void settle(Collection collection) {
    if (!collection.inDoubt()) {
      return;
    }
    Extent extent = store.write(tx -> {
      try (PreparedStatement touch = tx.connection()
          .prepareStatement("INSERT INTO connector_collection (name, committed, documents) VALUES (?, 0, 0)"
              + " ON CONFLICT (name) DO UPDATE SET committed = connector_collection.committed")) {
        touch.setString(1, collection.name());
        touch.executeUpdate();
      }
      return extent(tx.connection(), collection.name());
    });
    collection.committed(new Collection.Written(collection.end(), extent.committed(), extent.documents()));
  }

  private static Extent extent(Connection connection, String name) throws SQLException {
    try (PreparedStatement query = connection
        .prepareStatement("SELECT committed, documents FROM connector_collection WHERE name = ?")) {
      query.setString(1, name);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? new Extent(name, rows.getLong(1), rows.getLong(2)) : new Extent(name, 0, 0);
      }
    }
  }

  private Collection load(String name) {
    Extent extent = store.read(view -> extent(view.connection(), name));
    try {
      return Collection.open(name, folder(name), extent.committed(), extent.documents(), segmentBytes);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open collection " + name + " in " + dir, e);
    }
  }

  private Path folder(String name) {
    if (!name.matches("[\\p{L}\\p{N}_.-]+(/[\\p{L}\\p{N}_.-]+)*") || name.length() > 512) {
      throw new FairwayException(ErrorCode.INVALID, "collection \"" + name
          + "\" must be tokens of letters, digits, '-', '_' and '.', separated by '/'");
    }
    // No name becomes a path by itself: a dot-dot is a token like any other, and so is one that would hide.
    return dir.resolve("=" + name.replace("/", "%2F"));
  }

  @Override
  public void close() {
    open.values().forEach(Collection::close);
    open.clear();
  }

  /** How much of a collection counts. */
  public record Extent(String name, long committed, long documents) {}
}
