package dev.fairway.exchange.channel;

import dev.fairway.core.Secret;
import java.nio.file.Path;
import java.util.Objects;

/** Where a shared database medium lies. */
public sealed interface MediumHome {
  /** A folder that the processes of all participants on one machine reach. */
  record Folder(Path path) implements MediumHome {
    public Folder {
      Objects.requireNonNull(path);
    }
  }

  /**
   * A PostgreSQL database.
   *
   * @param url {@code jdbc:postgresql://…}
   */
  record Postgres(String url, String user, Secret password) implements MediumHome {
    public Postgres {
      if (!url.startsWith("jdbc:postgresql:")) {
        throw new IllegalArgumentException("a medium's URL begins with jdbc:postgresql:, is " + url);
      }
    }
  }
}
