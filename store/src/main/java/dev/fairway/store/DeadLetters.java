package dev.fairway.store;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.FailureClass;
import dev.fairway.core.work.Outcome;
import dev.fairway.core.work.WorkId;
import dev.fairway.store.workers.Handlers;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Work that was set aside, and what an operator can do with it: look, edit, try dry, redrive, discard. Each act is
 * written to the {@link Audit} in its own transaction. Safe for many threads and processes; an act on a letter that
 * somebody else has just taken is refused with {@code CONFLICT} or {@code NOT_FOUND}.
 */
public final class DeadLetters {
  private static final int AT_ONCE = 1_000;
  private static final JsonMapper JSON = new JsonMapper();

  private final SqlStore store;
  private final Handlers handlers;
  private final Ids ids;
  private final WorkTable table;

  /** @param handlers those of this process; a letter can be edited or tried dry only where its kind is handled */
  public DeadLetters(SqlStore store, Handlers handlers) {
    this.store = store;
    this.handlers = handlers;
    this.table = new WorkTable(store.dialect());
    this.ids = new Ids(store.dialect());
  }

  /**
   * Which letters are meant; an empty one means all.
   *
   * @param cause as {@link Group#cause} tells it
   * @param text part of the last error's cause, or of the key; case does not matter
   */
  public record Filter(Optional<String> kind, Optional<String> key, Optional<String> cause, Optional<String> text) {
    public static final Filter ALL = new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public static Filter ofKind(String kind) {
      return new Filter(Optional.of(kind), Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /** One line of the list. {@code place} is the cursor: ascending, never reused while the letter is there. */
  public record Letter(long place, WorkId id, String kind, Optional<String> key, int attempts, String cause,
      Instant enqueuedAt, Instant diedAt) {}

  /** One failed attempt. */
  public record Failed(Instant at, int attempt, FailureClass failureClass, String why) {}

  /** A letter with its payload and every error, oldest first. */
  @SuppressWarnings("ArrayRecordComponent") // the payload is passed on, never compared
  public record Opened(Letter letter, byte[] payload, List<Failed> failures) {
    /** The payload as text, which it is for every kind that writes JSON. */
    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }
  }

  /** How many letters died of the same cause: its last error with numbers, identifiers and quoted values taken out. */
  public record Group(String kind, String cause, long count, Instant first, Instant last) {}

  /** What a handler would do; nothing was written and nothing sent. */
  public record Tried(String outcome, String why) {}

  /**
   * Letters in the order of their place.
   *
   * @param after the place of the last one seen; 0 to begin
   * @param limit 1 to 1,000
   */
  public List<Letter> list(Filter filter, long after, int limit) {
    Limits.check("limit", limit, 1, AT_ONCE);
    return store.read(view -> select(view, filter, after, limit));
  }

  public long count(Filter filter) {
    return store.read(view -> {
      Where where = new Where(filter);
      try (PreparedStatement statement = view.connection()
          .prepareStatement("SELECT count(*) FROM work WHERE state = 'dead'" + where.sql)) {
        where.set(statement, 1);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          return rows.getLong(1);
        }
      }
    });
  }

  /** By cause, the most frequent first; 200 at most. */
  public List<Group> groups() {
    return store.read(view -> {
      try (PreparedStatement statement = view.connection().prepareStatement("""
          SELECT kind, coalesce(cause, ''), count(*), min(died_at), max(died_at) FROM work WHERE state = 'dead'
          GROUP BY kind, cause ORDER BY count(*) DESC, kind, cause LIMIT 200""");
          ResultSet rows = statement.executeQuery()) {
        List<Group> groups = new ArrayList<>();
        while (rows.next()) {
          groups.add(new Group(rows.getString(1), rows.getString(2), rows.getLong(3), Micros.instant(rows.getLong(4)),
              Micros.instant(rows.getLong(5))));
        }
        return groups;
      }
    });
  }

  /** Empty when there is no such dead letter. */
  public Optional<Opened> show(WorkId id) {
    return store.read(view -> open(view, id));
  }

  /**
   * Replaces the payload. The errors stay.
   *
   * @throws FairwayException with {@code INVALID} when the kind cannot read it, {@code NOT_FOUND} when there is no such
   * letter
   */
  public void edit(WorkId id, byte[] payload, String actor) {
    store.run(tx -> {
      Opened opened = open(tx, id).orElseThrow(() -> unknown(id));
      handling(opened.letter.kind).kind().codec().decode(payload);
      try (
          PreparedStatement statement = tx.connection().prepareStatement("UPDATE work SET payload = ? WHERE seq = ?")) {
        statement.setBytes(1, payload);
        statement.setLong(2, opened.letter.place);
        statement.executeUpdate();
      }
      Audit.record(tx, actor, "dead.edit", id.toString(),
          JSON.writeValueAsString(Map.of("kind", opened.letter.kind, "before", opened.text())));
    });
  }

  /** Asks the handler what it would do. Its effects are dropped, and it is told to hold back whatever it would send. */
  public Tried tryDry(WorkId id, String actor) {
    Opened opened = show(id).orElseThrow(() -> unknown(id));
    Tried tried = tryDry(handling(opened.letter.kind), opened);
    store.run(tx -> Audit.record(tx, actor, "dead.try", id.toString(),
        JSON.writeValueAsString(Map.of("kind", opened.letter.kind, "outcome", tried.outcome))));
    return tried;
  }

  private static <P> Tried tryDry(Handlers.Handling<P> handling, Opened opened) {
    Letter letter = opened.letter;
    try {
      Outcome outcome = handling.handler().run(new Delivery<>(letter.id, handling.kind(), letter.key,
          handling.kind().codec().decode(opened.payload), letter.attempts + 1, opened.failures.isEmpty()
              ? Optional.empty()
              : Optional.of(opened.failures.getLast().failureClass),
          letter.enqueuedAt, true));
      return switch (outcome) {
        case Outcome.Done _ -> new Tried("done", "");
        case Outcome.Gone(var why, var _) -> new Tried("gone", why);
        case Outcome.Retry(var _, var why, var _) -> new Tried("retry", why);
        case Outcome.Unknown(var why, var _) -> new Tried("unknown", why);
        case Outcome.Later(var _, var why, var _) -> new Tried("later", why);
        case Outcome.Fail(var why, var _) -> new Tried("fail", why);
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Tried("threw", "interrupted");
    } catch (Exception e) {
      return new Tried("threw", e.toString());
    }
  }

  /** Puts one letter back in line, as if it were new; its errors stay until it is done. */
  public void redrive(WorkId id, String actor) {
    store.run(tx -> {
      Opened opened = open(tx, id).orElseThrow(() -> unknown(id));
      redrive(tx, List.of(opened.letter));
      Audit.record(tx, actor, "dead.redrive", id.toString(),
          JSON.writeValueAsString(Map.of("kind", opened.letter.kind)));
    });
  }

  /** Puts all letters back in line that match now, a thousand in each transaction; how many. */
  public long redrive(Filter filter, String actor) {
    return inBatches(filter, actor, "dead.redrive", this::redrive);
  }

  /** Throws one letter away. */
  public void discard(WorkId id, String actor) {
    store.run(tx -> {
      Opened opened = open(tx, id).orElseThrow(() -> unknown(id));
      discard(tx, List.of(opened.letter));
      Audit.record(tx, actor, "dead.discard", id.toString(),
          JSON.writeValueAsString(Map.of("kind", opened.letter.kind, "payload", opened.text())));
    });
  }

  /** Throws all letters away that match now, a thousand in each transaction; how many. */
  public long discard(Filter filter, String actor) {
    return inBatches(filter, actor, "dead.discard", this::discard);
  }

  private interface Act {
    void on(Transaction tx, List<Letter> letters) throws SQLException;
  }

  /* Those that die meanwhile, perhaps again, have to wait for the next call: otherwise a letter that dies at once would
   * keep this going for ever. */
  private long inBatches(Filter filter, String actor, String act, Act what) {
    record Batch(int size, long last) {}
    Instant start = store.<Instant>read(View::now);
    long done = 0;
    long after = 0;
    while (true) {
      long from = after;
      Batch batch = store.write(tx -> {
        List<Letter> letters = select(tx, filter, from, AT_ONCE);
        List<Letter> meant = letters.stream().filter(letter -> !letter.diedAt.isAfter(start)).toList();
        if (!meant.isEmpty()) {
          what.on(tx, meant);
          Audit.record(tx, actor, act, filter.kind.orElse("*"), JSON.writeValueAsString(Map.of("count", meant.size(),
              "filter", filter.toString(), "works", meant.stream().map(letter -> letter.id.toString()).toList())));
        }
        return new Batch(meant.size(), letters.isEmpty() ? Long.MAX_VALUE : letters.getLast().place);
      });
      done += batch.size;
      after = batch.last;
      if (after == Long.MAX_VALUE) {
        return done;
      }
    }
  }

  private void redrive(Transaction tx, List<Letter> letters) throws SQLException {
    SpineTransaction spine = (SpineTransaction) tx;
    try (PreparedStatement statement = tx.connection().prepareStatement("""
        UPDATE work SET state = CASE WHEN work_key IS NULL THEN 'ready' ELSE 'behind' END, attempts = 0, due = ?,
          first_due = ?, died_at = NULL, cause = NULL WHERE seq = ? AND state = 'dead'""")) {
      long now = Micros.of(tx.now());
      for (Letter letter : letters) {
        statement.setLong(1, now);
        statement.setLong(2, now);
        statement.setLong(3, letter.place);
        statement.addBatch();
        letter.key.ifPresent(key -> spine.keyFreed(letter.kind, key));
      }
      statement.executeBatch();
    }
    spine.workChanged();
    tell(tx, "work.redriven", letters);
  }

  private void discard(Transaction tx, List<Letter> letters) throws SQLException {
    SpineTransaction spine = (SpineTransaction) tx;
    try (PreparedStatement statement = tx.connection()
        .prepareStatement("DELETE FROM work WHERE seq = ? AND state = 'dead'")) {
      for (Letter letter : letters) {
        statement.setLong(1, letter.place);
        statement.addBatch();
        letter.key.ifPresent(key -> spine.keyFreed(letter.kind, key));
      }
      statement.executeBatch();
    }
    table.forgetFailures(tx.connection(), letters.stream().map(Letter::place).toList());
    tell(tx, "work.discarded", letters);
  }

  private static void tell(Transaction tx, String type, List<Letter> letters) {
    for (Letter letter : letters) {
      tx.append(new NewEvent(type, letter.id.toString(), JSON.writeValueAsString(
          Map.of("work", letter.id.toString(), "kind", letter.kind, "key", letter.key.orElse("")))));
    }
  }

  private List<Letter> select(View view, Filter filter, long after, int limit) throws SQLException {
    Where where = new Where(filter);
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT seq, id, kind, work_key, attempts, cause, enqueued_at, died_at FROM work "
            + "WHERE state = 'dead' AND seq > ?" + where.sql + " ORDER BY seq LIMIT ?" + lock(view))) {
      statement.setLong(1, after);
      int index = where.set(statement, 2);
      statement.setInt(index, limit);
      List<Letter> letters = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          letters.add(letter(rows));
        }
      }
      return letters;
    }
  }

  /* Two operators who act on the same letter: the second waits, and then does not find it. */
  private String lock(View view) {
    return table.shared() && view instanceof Transaction ? " FOR UPDATE" : "";
  }

  private Letter letter(ResultSet rows) throws SQLException {
    return new Letter(rows.getLong(1), new WorkId(ids.get(rows, 2)), rows.getString(3),
        Optional.ofNullable(rows.getString(4)), rows.getInt(5), orEmpty(rows.getString(6)),
        Micros.instant(rows.getLong(7)), Micros.instant(rows.getLong(8)));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private Optional<Opened> open(View view, WorkId id) throws SQLException {
    try (PreparedStatement statement = view.connection().prepareStatement(
        "SELECT seq, id, kind, work_key, attempts, cause, enqueued_at, died_at, payload FROM work WHERE id = ? "
            + "AND state = 'dead'" + lock(view))) {
      ids.set(statement, 1, id.value());
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        Letter letter = letter(rows);
        return Optional.of(new Opened(letter, rows.getBytes(9), failures(view, letter.place)));
      }
    }
  }

  private static List<Failed> failures(View view, long place) throws SQLException {
    try (PreparedStatement statement = view.connection()
        .prepareStatement("SELECT at, attempt, class, why FROM work_failure WHERE work_seq = ? ORDER BY at, attempt")) {
      statement.setLong(1, place);
      List<Failed> failures = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          failures.add(new Failed(Micros.instant(rows.getLong(1)), rows.getInt(2),
              FailureClass.valueOf(rows.getString(3)), rows.getString(4)));
        }
      }
      return failures;
    }
  }

  private Handlers.Handling<?> handling(String kind) {
    return handlers.find(kind).orElseThrow(() -> new FairwayException(ErrorCode.CONFLICT,
        "this process does not handle work of kind " + kind + "; ask one that does"));
  }

  private static FairwayException unknown(WorkId id) {
    return new FairwayException(ErrorCode.NOT_FOUND, "there is no dead letter " + id);
  }

  /** The filter as SQL. */
  private static final class Where {
    private final String sql;
    private final List<String> values = new ArrayList<>();

    Where(Filter filter) {
      StringBuilder text = new StringBuilder();
      filter.kind.ifPresent(kind -> add(text, " AND kind = ?", kind));
      filter.key.ifPresent(key -> add(text, " AND work_key = ?", key));
      filter.cause.ifPresent(cause -> add(text, " AND cause = ?", cause));
      filter.text.ifPresent(part -> {
        String pattern = "%" + part.toLowerCase(java.util.Locale.ROOT).replace("\\", "\\\\").replace("%", "\\%")
            .replace("_", "\\_") + "%";
        add(text, " AND (lower(cause) LIKE ? ESCAPE '\\'", pattern);
        add(text, " OR lower(coalesce(work_key, '')) LIKE ? ESCAPE '\\')", pattern);
      });
      this.sql = text.toString();
    }

    private void add(StringBuilder text, String condition, String value) {
      text.append(condition);
      values.add(value);
    }

    int set(PreparedStatement statement, int from) throws SQLException {
      int index = from;
      for (String value : values) {
        statement.setString(index++, value);
      }
      return index;
    }
  }
}
