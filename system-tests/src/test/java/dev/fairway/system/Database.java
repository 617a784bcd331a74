package dev.fairway.system;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;

/** A real PostgreSQL on a port of its own that can be stopped and started again on the same data. */
final class Database implements AutoCloseable {
  private final Path data;
  private final int port;
  private EmbeddedPostgres running;

  private Database(Path data, int port) throws IOException {
    this.data = data;
    this.port = port;
    this.running = open(data, port);
  }

  static Database start(Path data) throws IOException {
    return new Database(data, freePort());
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  private static EmbeddedPostgres open(Path data, int port) throws IOException {
    return EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).setPort(port)
        .setServerConfig("max_connections", "100").start();
  }

  /** The settings that make a node use it. */
  String settings() {
    return settings("");
  }

  /** The same, with a further setting of the store. */
  String settings(String further) {
    return "store: { url: \"jdbc:postgresql://127.0.0.1:" + port + "/postgres\", user: postgres, " + further + " }\n";
  }

  void stop() throws IOException {
    running.close();
  }

  void startAgain() throws IOException {
    running = open(data, port);
  }

  @Override
  public void close() throws IOException {
    running.close();
  }
}
