package dev.fairway.exchange.routing;

import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.core.store.View;
import dev.fairway.exchange.sql.Sql;
import dev.fairway.web.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Every version of the rules this node has had. The newest is in force; going back makes a new version with old rules. Safe
 * for many threads and processes.
 */
public final class RoutingVersions {
  private static final String SELECT = "SELECT version, rules, source, actor, note, made_at FROM exchange_routing ";

  private final Store store;

  /**
   * One version.
   *
   * @param source {@code file} for rules of the configuration file, {@code api} for rules an operator put in force
   */
  public record Version(int number, List<Rule> rules, String source, String actor, String note, Instant madeAt) {
    public Version {
      rules = List.copyOf(rules);
    }
  }

  /** What became of a change. */
  public sealed interface Change {
    record Made(Version version) implements Change {}

    /** Somebody else was faster. */
    record Stale(int newest) implements Change {}
  }

  public RoutingVersions(Store store) {
    this.store = store;
  }

  /**
   * The version in force at a start. The file's rules become a new version when the file has changed since it was last
   * looked at; otherwise what operators have put in force since stays.
   */
  public Version settle(List<Rule> file) {
    String rules = RuleJson.write(file).toString();
    return store.write(tx -> {
      Optional<Version> lastOfFile = Sql.first(tx, SELECT + "WHERE source = 'file' ORDER BY version DESC LIMIT 1",
          RoutingVersions::read);
      Optional<Version> newest = newest(tx);
      boolean same = lastOfFile.filter(last -> RuleJson.write(last.rules).toString().equals(rules)).isPresent();
      return same && newest.isPresent()
          ? newest.get()
          : insert(tx, newest.map(Version::number).orElse(0) + 1, rules, "file", "", "the configuration file");
    });
  }

  /** Puts rules in force, if the version the author has seen is still the newest. */
  public Change replace(int seen, List<Rule> rules, String actor, String note) {
    return store.write(tx -> {
      dev.fairway.store.Sql.lock(tx, "exchange_routing");
      int newest = newest(tx).map(Version::number).orElse(0);
      if (newest != seen) {
        return new Change.Stale(newest);
      }
      return new Change.Made(insert(tx, newest + 1, RuleJson.write(rules).toString(), "api", actor, note));
    });
  }

  private static Version insert(Transaction tx, int number, String rules, String source, String actor, String note)
      throws SQLException {
    Sql.update(tx, """
        INSERT INTO exchange_routing (version, rules, source, actor, note, made_at) VALUES (?,?,?,?,?,?)
        ON CONFLICT DO NOTHING""", number, rules, source, actor, note, tx.now());
    tx.append(new NewEvent("exchange.routing.changed", "routing", Json.object().put("version", number)
        .put("source", source).put("actor", actor).put("note", note).toString()));
    return find(tx, number).orElseThrow();
  }

  public Optional<Version> newest() {
    return store.read(RoutingVersions::newest);
  }

  public Optional<Version> find(int number) {
    return store.read(view -> find(view, number));
  }

  /** The newest versions, newest first. */
  public List<Version> list(int limit) {
    return store.read(view -> Sql.list(view, SELECT + "ORDER BY version DESC LIMIT ?", RoutingVersions::read, limit));
  }

  private static Optional<Version> newest(View view) throws SQLException {
    return Sql.first(view, SELECT + "ORDER BY version DESC LIMIT 1", RoutingVersions::read);
  }

  private static Optional<Version> find(View view, int number) throws SQLException {
    return Sql.first(view, SELECT + "WHERE version = ?", RoutingVersions::read, number);
  }

  private static Version read(ResultSet row) throws SQLException {
    return new Version(row.getInt("version"), RuleJson.read(Json.parse(row.getString("rules"))),
        row.getString("source"), row.getString("actor"), row.getString("note"), Sql.instant(row, "made_at"));
  }
}
