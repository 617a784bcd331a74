package dev.fairway.store;

import dev.fairway.core.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** Where a node keeps what it must not lose. */
public sealed interface StorageConfig {
  /**
   * The default: one process, one folder, nothing to install. The database is {@code fairway.db} in it.
   *
   * @param directory made when it is missing; one process at a time may use it
   * @param group most writes that share a commit, 1 to 4,096; 1 gives each its own
   */
  record Embedded(Path directory, int group) implements StorageConfig {
    private static final int GROUP = 512;

    public Embedded {
      Objects.requireNonNull(directory);
      if (group < 1 || group > 4_096) {
        throw new IllegalArgumentException("a group must have 1 to 4096 writes, has " + group);
      }
    }

    /** With up to 512 writes in a commit. */
    public Embedded(Path directory) {
      this(directory, GROUP);
    }
  }

  /**
   * A database that several processes share.
   *
   * @param url {@code jdbc:postgresql://host:port/database}
   * @param writers how many groups of writes are under way at once, 1 to 32; as many connections again serve reads
   * @param patience how long to wait for a database that is down at start
   */
  record Postgres(String url, String user, Secret password, int writers, Duration patience) implements StorageConfig {
    public Postgres {
      if (!url.startsWith("jdbc:postgresql:")) {
        throw new IllegalArgumentException("database url must start with jdbc:postgresql:, is \"" + url + "\"");
      }
      if (writers < 1 || writers > 32) {
        throw new IllegalArgumentException("writers must be 1 to 32, is " + writers);
      }
      Objects.requireNonNull(user);
      Objects.requireNonNull(password);
      Objects.requireNonNull(patience);
    }

    /** With four writers, and ten minutes' patience at start. */
    public Postgres(String url, String user, Secret password) {
      this(url, user, password, 4, Duration.ofMinutes(10));
    }
  }
}
