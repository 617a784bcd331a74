package dev.fairway.store;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/**
 * Brings the schema of every room up to date. A room's migrations lie in {@code db/<dialect>/<room>} on the class path;
 * their versions begin with the room's number, so rooms never collide and each grows in its own time.
 */
final class Migrations {
  /* Flyway takes about half a second to find that nothing is to be done. So after a run we note a fingerprint of all the
   * files, and a start that finds its own fingerprint does not ask. */
  private final Dialect dialect;
  private final List<String> rooms;

  Migrations(Dialect dialect, List<String> rooms) {
    this.dialect = dialect;
    List<String> all = new ArrayList<>(List.of("store"));
    rooms.stream().filter(room -> !all.contains(room)).forEach(all::add);
    this.rooms = List.copyOf(all);
  }

  void run(DataSource database) throws SQLException {
    String fingerprint = fingerprint();
    if (Optional.of(fingerprint).equals(recorded(database))) {
      return;
    }
    Flyway flyway = Flyway.configure(Migrations.class.getClassLoader()).dataSource(database)
        .locations(rooms.stream().map(room -> "classpath:" + folder(room)).toArray(String[]::new))
        .table("store_history")
        .outOfOrder(true).ignoreMigrationPatterns("*:missing", "*:future").failOnMissingLocations(false).load();
    try {
      refuseNewer(flyway);
      flyway.migrate();
    } catch (FlywayException e) {
      if (Trouble.in(e).filter(t -> t != Trouble.OWN).isPresent()) {
        throw e;
      }
      throw new FairwayException(ErrorCode.CONFIGURATION, "cannot bring the database up to date: " + e.getMessage(), e);
    }
    record(database, fingerprint);
  }

  /* Rooms this program does not have are left alone; a version of one it has, that it does not know, is from the future. */
  private static void refuseNewer(Flyway flyway) {
    for (MigrationInfo info : flyway.info().all()) {
      if (info.getState() == MigrationState.FUTURE_SUCCESS || info.getState() == MigrationState.MISSING_SUCCESS) {
        String room = String.valueOf(info.getVersion()).replaceAll("\\..*", "");
        boolean ours = Stream.of(flyway.info().all()).filter(other -> other.getState() != MigrationState.FUTURE_SUCCESS)
            .filter(other -> other.getState() != MigrationState.MISSING_SUCCESS)
            .anyMatch(other -> String.valueOf(other.getVersion()).startsWith(room + "."));
        if (ours) {
          throw new FairwayException(ErrorCode.CONFIGURATION, "the database was written by a newer version of this "
              + "program: it has " + info.getVersion() + " (" + info.getDescription() + "), which this one does not "
              + "know. Start that version again, or restore a backup from before it");
        }
      }
    }
  }

  private Optional<String> recorded(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery(switch (dialect) {
        case SQLITE -> "SELECT 1 FROM sqlite_schema WHERE name = 'store_schema'";
        case POSTGRES -> "SELECT 1 FROM pg_tables WHERE tablename = 'store_schema' AND schemaname = current_schema()";
      })) {
        if (!rows.next()) {
          return Optional.empty();
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT fingerprint FROM store_schema")) {
        return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
      }
    }
  }

  private static void record(DataSource database, String fingerprint) throws SQLException {
    try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM store_schema");
      statement.executeUpdate("INSERT INTO store_schema (fingerprint) VALUES ('" + fingerprint + "')");
    }
  }

  private String folder(String room) {
    return "db/" + (dialect == Dialect.SQLITE ? "sqlite" : "postgresql") + "/" + room;
  }

  private String fingerprint() {
    TreeMap<String, byte[]> files = new TreeMap<>();
    rooms.forEach(room -> files(folder(room)).forEach(files::put));
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach((name, content) -> {
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(content);
      });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, byte[]> files(String folder) {
    TreeMap<String, byte[]> found = new TreeMap<>();
    ClassLoader loader = Migrations.class.getClassLoader();
    try {
      for (URL url : Collections.list(loader.getResources(folder))) {
        for (String name : names(url, folder)) {
          try (InputStream in = loader.getResourceAsStream(folder + "/" + name)) {
            if (in != null) {
              found.put(folder + "/" + name, in.readAllBytes());
            }
          }
        }
      }
      return found;
    } catch (IOException | URISyntaxException e) {
      throw new UncheckedIOException("cannot list " + folder + " on the class path", new IOException(e));
    }
  }

  private static List<String> names(URL url, String folder) throws IOException, URISyntaxException {
    if (url.openConnection() instanceof JarURLConnection jar) {
      return jar.getJarFile().stream().map(entry -> entry.getName())
          .filter(name -> name.startsWith(folder + "/") && name.endsWith(".sql"))
          .map(name -> name.substring(folder.length() + 1)).toList();
    }
    try (Stream<Path> paths = Files.list(Path.of(url.toURI()))) {
      return paths.map(path -> path.getFileName().toString()).filter(name -> name.endsWith(".sql")).toList();
    }
  }
}
