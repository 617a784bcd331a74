package dev.fairway.exchange.sql;

import dev.fairway.core.store.Dialect;
import dev.fairway.core.store.View;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs a statement. A parameter is text, a number, an {@link Instant} (stored as microseconds since 1970), a boolean
 * (stored as 0 or 1), an enum (by its name), an {@link Optional} of these, or null.
 */
public final class Sql {
  private Sql() {}

  /** Reads one row. */
  @FunctionalInterface
  public interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Runs a statement that writes; the number of rows it touched. */
  public static int update(View view, String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = view.connection().prepareStatement(sql)) {
      bind(statement, parameters);
      return statement.executeUpdate();
    }
  }

  public static <T> List<T> list(View view, String sql, Row<T> row, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = view.connection().prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet rows = statement.executeQuery()) {
        List<T> found = new ArrayList<>();
        while (rows.next()) {
          found.add(row.read(rows));
        }
        return found;
      }
    }
  }

  public static <T> Optional<T> first(View view, String sql, Row<T> row, @Nullable Object... parameters)
      throws SQLException {
    List<T> found = list(view, sql, row, parameters);
    return found.isEmpty() ? Optional.empty() : Optional.of(found.getFirst());
  }

  /** Ends a select whose row is about to be changed; a database with one writer needs no lock. */
  public static String forUpdate(View view) {
    return view.dialect() == Dialect.POSTGRES ? " FOR UPDATE" : "";
  }

  /** A column that {@link #update} stored as an instant. */
  public static Instant instant(ResultSet row, String column) throws SQLException {
    return Instant.EPOCH.plus(row.getLong(column), ChronoUnit.MICROS);
  }

  /** A column that may be null. */
  public static Optional<String> text(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  private static void bind(PreparedStatement statement, @Nullable Object[] parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      Object value = parameters[i] instanceof Optional<?> optional ? optional.orElse(null) : parameters[i];
      switch (value) {
        case null -> statement.setString(i + 1, null);
        case String text -> statement.setString(i + 1, text);
        case Integer number -> statement.setInt(i + 1, number);
        case Long number -> statement.setLong(i + 1, number);
        case Boolean flag -> statement.setInt(i + 1, flag ? 1 : 0);
        case Instant time -> statement.setLong(i + 1, ChronoUnit.MICROS.between(Instant.EPOCH, time));
        case Enum<?> constant -> statement.setString(i + 1, constant.name());
        default -> throw new IllegalArgumentException("no column type for " + value.getClass());
      }
    }
  }
}
