package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Setting;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.RangeSpec;
import dev.fairway.connectors.ledger.LedgerDocuments;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A captured ledger as tables that can be queried as of any offset, exactly once; see {@link LedgerTables} for their shape.
 *
 * @param <C> configuration of the database
 */
public final class LedgerMaterialize<C extends Record> implements Materialize<C, LedgerMaterialize.Resource> {
  private final SqlMaterialize<C> database;
  private final String jsonType;

  private LedgerMaterialize(SqlMaterialize<C> database, String jsonType) {
    this.database = database;
    this.jsonType = jsonType;
  }

  public static LedgerMaterialize<SqliteMaterialize.Config> sqlite() {
    return new LedgerMaterialize<>(new SqliteMaterialize(), "TEXT");
  }

  public static LedgerMaterialize<PostgresMaterialize.Config> postgres() {
    // Not JSONB, which has no U+0000, and a text on a ledger may.
    return new LedgerMaterialize<>(new PostgresMaterialize(), "JSON");
  }

  /** The tables of one collection. */
  public record Resource(
      @Setting(description = "What the tables' names begin with: ledger makes ledger_contracts", defaultValue = "\"ledger\"") String prefix) {
    public Resource {
      if (!prefix.matches("[A-Za-z_][A-Za-z0-9_]{0,39}")) {
        throw new IllegalArgumentException(
            "a prefix must be 1 to 40 letters, digits and '_' and not begin with a digit, is \"" + prefix + "\"");
      }
    }
  }

  @Override
  public Class<C> configType() {
    return database.configType();
  }

  @Override
  public Class<Resource> resourceType() {
    return Resource.class;
  }

  @Override
  public List<String> resourcePath(C config, Resource resource) {
    return List.of(resource.prefix());
  }

  /** Each event counts, not only the last of its key. */
  @Override
  public boolean deltaUpdates(Resource resource) {
    return true;
  }

  @Override
  public Map<String, Constraint> constraints(C config, Resource resource, CollectionSpec collection)
      throws SQLException {
    if (!collection.key().equals(LedgerDocuments.KEY)) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "collection " + collection.name() + " has the key "
          + collection.key() + "; only what fairway/source-ledger captures, with the key " + LedgerDocuments.KEY
          + ", can be kept as the tables of a ledger");
    }
    database.connect(config).close();
    Map<String, Constraint> constraints = new LinkedHashMap<>();
    collection.projections().forEach(projection -> constraints.put(projection.field(),
        Constraint.ofWholeDocuments(projection, "the event is read from the document",
            "the event is read from the document")));
    return constraints;
  }

  @Override
  public String apply(C config, List<Bound<Resource>> bindings) throws SQLException {
    try (Connection connection = database.connect(config)) {
      return LedgerTables.apply(connection, bindings.stream().map(binding -> binding.resource().prefix()).toList(),
          jsonType);
    }
  }

  @Override
  public Transactor open(C config, String task, RangeSpec range, List<Bound<Resource>> bindings, JsonNode state)
      throws SQLException {
    Connection connection = database.connect(config);
    try {
      return new LedgerTables(connection, Fence.raise(connection, task, range),
          bindings.stream().map(binding -> binding.resource().prefix()).toList(), jsonType);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }
}
