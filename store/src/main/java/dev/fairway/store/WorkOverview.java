package dev.fairway.store;

import dev.fairway.core.store.View;
import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.WorkId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What work there is, for an operator to look at. Safe for many threads. */
public final class WorkOverview {
  private final SqlStore store;
  private final Ids ids;

  public WorkOverview(SqlStore store) {
    this.store = store;
    this.ids = new Ids(store.dialect());
  }

  /** Where a piece of work stands. */
  public enum State {
    /** May be run now. */
    READY,
    /** Due later. */
    SCHEDULED,
    /** Waits for an older piece of its key. */
    BEHIND,
    /** Being run. */
    LEASED,
    /** Set aside. */
    DEAD
  }

  /**
   * One kind in one state.
   *
   * @param oldest how long the oldest of them has been due; zero when none is
   */
  public record Count(String kind, State state, long count, Duration oldest) {}

  /** A piece of work. {@code place} is the cursor of {@link #list}. */
  public record Piece(long place, WorkId id, String kind, Optional<String> key, int priority, State state, Instant due,
      int attempts, Optional<FailureClass> previous, Instant enqueuedAt) {}

  /** By kind and state; kinds without work are missing. */
  public List<Count> counts() {
    return store.read(view -> {
      try (PreparedStatement statement = view.connection()
          .prepareStatement(
              "SELECT kind, state, count(*), min(first_due) FROM work GROUP BY kind, state ORDER BY 1, 2");
          ResultSet rows = statement.executeQuery()) {
        List<Count> counts = new ArrayList<>();
        while (rows.next()) {
          Duration age = Duration.between(Micros.instant(rows.getLong(4)), view.now());
          counts.add(new Count(rows.getString(1), state(rows.getString(2)), rows.getLong(3),
              age.isNegative() ? Duration.ZERO : age));
        }
        return counts;
      }
    });
  }

  /**
   * Work in the order of its place.
   *
   * @param after the place of the last one seen; 0 to begin
   * @param limit 1 to 1,000
   */
  public List<Piece> list(Optional<String> kind, Optional<State> state, long after, int limit) {
    Limits.check("limit", limit, 1, 1_000);
    return store.read(view -> {
      try (PreparedStatement statement = view.connection()
          .prepareStatement(select() + " WHERE seq > ?" + (kind.isPresent() ? " AND kind = ?" : "")
              + (state.isPresent() ? " AND state = ?" : "") + " ORDER BY seq LIMIT ?")) {
        int index = 1;
        statement.setLong(index++, after);
        if (kind.isPresent()) {
          statement.setString(index++, kind.get());
        }
        if (state.isPresent()) {
          statement.setString(index++, state.get().name().toLowerCase(Locale.ROOT));
        }
        statement.setInt(index, limit);
        return pieces(statement);
      }
    });
  }

  /** Empty when it was never there, or is done. */
  public Optional<Piece> find(WorkId id) {
    return store.read(view -> find(view, id));
  }

  private Optional<Piece> find(View view, WorkId id) throws SQLException {
    try (PreparedStatement statement = view.connection().prepareStatement(select() + " WHERE id = ?")) {
      ids.set(statement, 1, id.value());
      return pieces(statement).stream().findFirst();
    }
  }

  private static String select() {
    return "SELECT seq, id, kind, work_key, priority, state, due, attempts, previous, enqueued_at FROM work";
  }

  private List<Piece> pieces(PreparedStatement statement) throws SQLException {
    List<Piece> pieces = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        pieces.add(new Piece(rows.getLong(1), new WorkId(ids.get(rows, 2)), rows.getString(3),
            Optional.ofNullable(rows.getString(4)), rows.getInt(5), state(rows.getString(6)),
            Micros.instant(rows.getLong(7)), rows.getInt(8),
            Optional.ofNullable(rows.getString(9)).map(FailureClass::valueOf), Micros.instant(rows.getLong(10))));
      }
    }
    return pieces;
  }

  private static State state(String name) {
    return State.valueOf(name.toUpperCase(Locale.ROOT));
  }
}
