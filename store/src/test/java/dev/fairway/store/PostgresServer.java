package dev.fairway.store;

import dev.fairway.core.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL per test JVM, started when first asked for; each test gets a database of its own. */
public final class PostgresServer {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private static final Map<List<String>, String> TEMPLATES = new ConcurrentHashMap<>();

  private PostgresServer() {}

  private static final class Running {
    static final EmbeddedPostgres SERVER = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().setServerConfig("max_connections", "200").start();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot start PostgreSQL", e);
      }
    }
  }

  /** An empty database. */
  public static StorageConfig.Postgres database() {
    return create("");
  }

  /** A database whose schema is up to date for these rooms: copied, since migrating takes half a second. */
  static StorageConfig.Postgres database(List<String> rooms) {
    return create(" TEMPLATE " + TEMPLATES.computeIfAbsent(rooms, PostgresServer::template));
  }

  private static String template(List<String> rooms) {
    StorageConfig.Postgres config = create("");
    SqlStore.open(config, Clock.systemUTC(), rooms).close();
    return config.url().replaceAll(".*/([a-z_0-9]+)\\?.*", "$1");
  }

  private static StorageConfig.Postgres create(String template) {
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = Running.SERVER.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + template);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot create " + name, e);
    }
    return new StorageConfig.Postgres(Running.SERVER.getJdbcUrl("postgres", name), "postgres", new Secret(""), 2,
        Duration.ofSeconds(10));
  }
}
