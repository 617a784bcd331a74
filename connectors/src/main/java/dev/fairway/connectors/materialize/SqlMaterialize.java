package dev.fairway.connectors.materialize;

import dev.fairway.connector.Materialize;
import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.flow.RangeSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Tables of a database that speaks SQL, exactly once; see {@link SqlTables} for how. */
abstract class SqlMaterialize<C extends Record> implements Materialize<C, TableResource> {
  private final Class<C> configType;
  private final SqlTables.Speech speech;

  SqlMaterialize(Class<C> configType, SqlTables.Speech speech) {
    this.configType = configType;
    this.speech = speech;
  }

  /** A connection that commits only when it is told to. */
  abstract Connection connect(C config) throws SQLException;

  @Override
  public final Class<C> configType() {
    return configType;
  }

  @Override
  public final Class<TableResource> resourceType() {
    return TableResource.class;
  }

  @Override
  public final List<String> resourcePath(C config, TableResource resource) {
    return List.of(resource.table());
  }

  @Override
  public final Map<String, Constraint> constraints(C config, TableResource resource, CollectionSpec collection)
      throws SQLException {
    connect(config).close();
    return SqlTables.constraints(collection);
  }

  @Override
  public final String apply(C config, List<Bound<TableResource>> bindings) throws SQLException {
    try (Connection connection = connect(config)) {
      return SqlTables.apply(connection, bindings, speech);
    }
  }

  @Override
  public final Transactor open(C config, String task, RangeSpec range, List<Bound<TableResource>> bindings,
      JsonNode state) throws SQLException {
    Connection connection = connect(config);
    try {
      return new SqlTables.Session(connection, task, range, bindings, speech);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }
}
