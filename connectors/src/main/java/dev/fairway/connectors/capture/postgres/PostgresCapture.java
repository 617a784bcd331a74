package dev.fairway.connectors.capture.postgres;

import dev.fairway.connector.Capture;
import dev.fairway.connector.CaptureSession;
import dev.fairway.connector.Setting;
import dev.fairway.connectors.process.ConnectorFailedException;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * Tables of a PostgreSQL database (14 or later): the rows they have, then every change, by logical replication. A change is a
 * document in the transaction of ours that says it was captured, so each is captured once, however a session ends.
 *
 * <p>The database keeps its log until what is in it is durable here. While the capture lives, that is soon: also when other
 * tables change, and while the first rows are still copied. How much the server keeps is watched ({@code slotMegabytes}).
 * Against a capture that stays away, bound it at the server by {@code max_slot_wal_keep_size}; a slot the server gave up is
 * told, and never made again silently.
 */
public final class PostgresCapture implements Capture<PostgresCapture.Config, PostgresCapture.Resource> {
  private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");
  private static final int MESSAGES_AT_ONCE = 1_000;
  private static final long IDLE_MILLIS = 20;

  /** Where the database is, and under which names it keeps what we need. */
  public record Config(@Setting(description = "host:port of the server") String address,
      @Setting(defaultValue = "\"postgres\"") String database,
      @Setting(description = "a user with the attribute REPLICATION who owns the tables") String user,
      @Setting(secret = true, defaultValue = "\"\"") String password,
      @Setting(description = "replication slot; made at first, and one per task", defaultValue = "\"fairway\"") String slot,
      @Setting(description = "publication; made and extended as needed", defaultValue = "\"fairway\"") String publication,
      @Setting(description = "whether to stay and follow changes as they come, rather than to end when there are no more", defaultValue = "true") boolean follow,
      @Setting(description = "how much of its log the server may keep for us, in megabytes; 0 for any amount", defaultValue = "10000") long slotMegabytes,
      @Setting(description = "what happens when it keeps more: it is warned, the capture stops, or the slot is dropped too", defaultValue = "\"warn\"") SlotWatch.Over overSlotMegabytes) {
    public Config {
      if (slotMegabytes < 0) {
        throw new IllegalArgumentException("slotMegabytes must not be negative, is " + slotMegabytes);
      }
      if (!SLOT.matcher(slot).matches()) {
        throw new IllegalArgumentException(
            "a slot's name must have 1 to 63 lower-case letters, digits and underscores, is \"" + slot + "\"");
      }
    }

    @Override
    public String toString() {
      return user + "@" + address + "/" + database;
    }
  }

  /** A table. */
  public record Resource(@Setting(defaultValue = "\"public\"") String schema,
      @Setting(description = "Name of the table", collectionName = true) String table) {}

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  @Override
  public Class<Resource> resourceType() {
    return Resource.class;
  }

  @Override
  public List<String> resourcePath(Resource resource) {
    return List.of(resource.schema(), resource.table());
  }

  @Override
  public List<String> resourcePathPointers() {
    return List.of("/schema", "/table");
  }

  /** The tables that have a primary key; without one nobody can tell their rows apart. */
  @Override
  public List<Discovery<Resource>> discover(Config config) throws SQLException {
    try (Connection sql = connect(config, false)) {
      return PgTable.all(sql).stream().filter(table -> !table.key().isEmpty())
          .map(table -> new Discovery<>(table.name(), new Resource(table.schema(), table.name()),
              table.documentSchema(), table.pointers()))
          .toList();
    }
  }

  @Override
  public void validate(Config config, List<Resource> resources) throws SQLException {
    try (Connection sql = connect(config, false)) {
      String level = one(sql, "SHOW wal_level");
      if (!level.equals("logical")) {
        throw new FairwayException(ErrorCode.CONFIGURATION, config + " has wal_level " + level
            + "; set it to logical (ALTER SYSTEM SET wal_level = logical) and restart the server");
      }
      List<PgTable> tables = PgTable.all(sql);
      resources.forEach(resource -> table(tables, resource));
    }
  }

  /** @throws FairwayException with {@code CONFIGURATION} when it is not there or has no primary key */
  static PgTable table(List<PgTable> tables, Resource resource) {
    PgTable table = PgTable.find(tables, resource.schema(), resource.table())
        .orElseThrow(() -> new FairwayException(ErrorCode.CONFIGURATION,
            "no table " + resource.schema() + "." + resource.table() + "; there are " + tables));
    if (table.key().isEmpty()) {
      throw new FairwayException(ErrorCode.CONFIGURATION,
          "table " + table + " has no primary key, so nobody can tell its rows apart; add one");
    }
    return table;
  }

  /** Publishes the tables. Truncation is left out: it names no rows. */
  @Override
  public String apply(Config config, List<Bound<Resource>> bindings) throws SQLException {
    try (Connection sql = connect(config, false)) {
      List<PgTable> tables = PgTable.all(sql);
      List<PgTable> wanted = new ArrayList<>(
          bindings.stream().map(binding -> table(tables, binding.resource())).toList());
      String name = PgTable.quoted(config.publication());
      boolean there = exists(sql, "SELECT 1 FROM pg_publication WHERE pubname = ?", config.publication());
      if (there) {
        for (PgTable table : List.copyOf(wanted)) {
          if (exists(sql, "SELECT 1 FROM pg_publication_tables WHERE pubname = ? AND schemaname = ? AND tablename = ?",
              config.publication(), table.schema(), table.name())) {
            wanted.remove(table);
          }
        }
      }
      if (wanted.isEmpty()) {
        return "";
      }
      String list = wanted.stream().map(PgTable::sqlName).collect(Collectors.joining(", "));
      try (Statement statement = sql.createStatement()) {
        statement.execute(there
            ? "ALTER PUBLICATION " + name + " ADD TABLE " + list
            : "CREATE PUBLICATION " + name + " FOR TABLE " + list
                + " WITH (publish = 'insert, update, delete', publish_via_partition_root = true)");
      }
      return (there ? "added to" : "made") + " publication " + config.publication() + ": " + list;
    }
  }

  @Override
  public void run(Config config, CaptureSession<Resource> session) throws Exception {
    try (Connection sql = connect(config, false); Connection replication = connect(config, true)) {
      Slot slot = Slot.open(sql, config.slot(), session.state(Changes.STATE));
      if (slot.fresh()) {
        // What another slot left half done is nothing to this one.
        session.batch().state(Changes.STATE,
            slot.state().deepCopy().asObject().putNull("begun").putNull("changes")).commit();
      }
      List<PgTable> tables = PgTable.all(sql);
      Snapshot snapshot = new Snapshot(sql, session, slot.name(), tables);
      Changes changes = new Changes(sql, session, tables, slot.state());
      SlotWatch watch = new SlotWatch(sql, slot.name(), config.slotMegabytes(), config.overSlotMegabytes());
      try (PGReplicationStream stream = slot.follow(replication, config.publication())) {
        follow(config, session, sql, watch, snapshot, changes, stream);
      } catch (SlotWatch.OverBoundException e) {
        if (config.overSlotMegabytes() == SlotWatch.Over.drop) {
          replication.close();
          watch.drop();
        }
        throw e;
      }
    }
  }

  /* Pages of the tables and stretches of the log take turns, so that the log never waits for a large table. */
  private static void follow(Config config, CaptureSession<Resource> session, Connection sql, SlotWatch watch,
      Snapshot snapshot, Changes changes, PGReplicationStream stream)
      throws SQLException, InterruptedException, ConnectorFailedException {
    LogSequenceNumber target = null;
    while (!session.stopping()) {
      watch.look();
      boolean copied = snapshot.step();
      boolean heard = hear(changes, stream);
      stream.setAppliedLSN(changes.durable());
      stream.setFlushedLSN(changes.durable());
      if (copied || heard) {
        continue;
      }
      if (snapshot.done() && !config.follow()) {
        target = target == null ? LogSequenceNumber.valueOf(one(sql, "SELECT pg_current_wal_insert_lsn()")) : target;
        if (stream.getLastReceiveLSN().compareTo(target) >= 0) {
          break;
        }
        stream.forceUpdateStatus();
      }
      Thread.sleep(IDLE_MILLIS);
    }
    changes.await();
    stream.setAppliedLSN(changes.durable());
    stream.setFlushedLSN(changes.durable());
    stream.forceUpdateStatus();
  }

  private static boolean hear(Changes changes, PGReplicationStream stream) throws SQLException {
    for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
      ByteBuffer message = stream.readPending();
      if (message == null) {
        return i > 0;
      }
      changes.take(PgOutput.read(message));
    }
    return true;
  }

  /** A connection whose texts are those {@link PgTypes} reads. */
  private static Connection connect(Config config, boolean replication) throws SQLException {
    Properties properties = new Properties();
    PGProperty.USER.set(properties, config.user());
    PGProperty.PASSWORD.set(properties, config.password());
    PGProperty.APPLICATION_NAME.set(properties, "fairway");
    PGProperty.TCP_KEEP_ALIVE.set(properties, true);
    PGProperty.CONNECT_TIMEOUT.set(properties, 10);
    if (replication) {
      PGProperty.REPLICATION.set(properties, "database");
      PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
      PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
    }
    Connection connection = DriverManager.getConnection(
        "jdbc:postgresql://" + config.address() + "/" + config.database(), properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET TIME ZONE 'UTC'");
      statement.execute("SET extra_float_digits = 1");
      statement.execute("SET intervalstyle = 'iso_8601'");
      statement.execute("SET bytea_output = 'hex'");
      statement.execute("SET standard_conforming_strings = on");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  private static boolean exists(Connection sql, String query, String... parameters) throws SQLException {
    try (PreparedStatement statement = sql.prepareStatement(query)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  private static String one(Connection sql, String query) throws SQLException {
    try (Statement statement = sql.createStatement(); ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}
