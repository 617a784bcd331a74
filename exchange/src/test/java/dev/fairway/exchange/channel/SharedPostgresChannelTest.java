package dev.fairway.exchange.channel;

import dev.fairway.core.Secret;
import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.testing.channel.ChannelContract;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class SharedPostgresChannelTest extends ChannelContract {
  private static EmbeddedPostgres server;
  private static int databases;
  private String database = "";

  @BeforeAll
  static void startServer() throws Exception {
    server = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void makeDatabase() throws Exception {
    database = "medium" + ++databases;
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    }
  }

  @Override
  protected Channel open(Jurisdiction own) {
    return channel(own);
  }

  private SharedDatabaseChannel channel(Jurisdiction own) {
    var home = new MediumHome.Postgres(server.getJdbcUrl("postgres", database), "postgres", new Secret("postgres"));
    return new SharedDatabaseChannel(home, own, Set.of(AU, SG, NZ), InstantSource.system());
  }

  @Override
  protected boolean change(String id, ChannelStatus status) {
    try (SharedDatabaseChannel operator = channel(AU)) {
      return operator.change(id, status);
    }
  }
}
