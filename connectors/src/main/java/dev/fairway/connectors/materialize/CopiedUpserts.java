package dev.fairway.connectors.materialize;

import dev.fairway.connector.json.Json;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import tools.jackson.databind.JsonNode;

/**
 * Rows by PostgreSQL's COPY into a temporary table of the session, and from there into the table by one statement before
 * the commit: the server reads the stream of a COPY several times faster than statements, and reads it while we write on.
 * The rows of the temporary table are in no log. Each transaction makes it and its end drops it, so that it does not matter
 * which of a pooler's connections the next transaction has.
 *
 * <p>Keys that differ as JSON may be one to the database, as times of different precision are: of such rows the last counts.
 */
final class CopiedUpserts implements Upserts {
  private static final int PIECE = 1 << 16;
  private static final byte[] NULL = {'\\', 'N'};

  private final Connection connection;
  private final String stage;
  private final String create;
  private final String insert;
  private byte[] buffer = new byte[PIECE * 2];
  private int used;
  private long rows;
  private @Nullable CopyIn copy;
  private boolean staged;

  /** @param number tells it from the other tables of the session */
  CopiedUpserts(Connection connection, SqlTable table, SqlTables.Speech speech, int number) {
    this.connection = connection;
    this.stage = "pg_temp.fairway_stage_" + number;
    String order = SqlTable.quoted(nameBeside(table));
    this.create = "CREATE TEMPORARY TABLE fairway_stage_" + number + " ("
        + table.list(column -> SqlTable.quoted(column.field()) + " " + speech.type(column)) + ", " + order
        + " BIGINT) ON COMMIT DROP";
    this.insert = "INSERT INTO " + table.quotedName() + " (" + table.names() + ") SELECT DISTINCT ON ("
        + table.keyNames() + ") " + table.names() + " FROM " + stage + " ORDER BY " + table.keyNames() + ", " + order
        + " DESC" + table.onConflict();
  }

  /* For the rows' running numbers: a name that no column has. */
  private static String nameBeside(SqlTable table) {
    String name = "fairway_row";
    while (table.has(name)) {
      name += "_";
    }
    return name;
  }

  @Override
  public void add(List<JsonNode> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        require(1);
        buffer[used++] = '\t';
      }
      put(values.get(i));
    }
    byte[] number = Long.toString(rows++).getBytes(StandardCharsets.US_ASCII);
    require(number.length + 2);
    buffer[used++] = '\t';
    System.arraycopy(number, 0, buffer, used, number.length);
    used += number.length;
    buffer[used++] = '\n';
    if (used >= PIECE) {
      send();
    }
  }

  private void put(JsonNode value) {
    if (value.isNull() || value.isMissingNode()) {
      require(NULL.length);
      System.arraycopy(NULL, 0, buffer, used, NULL.length);
      used += NULL.length;
    } else if (value.isString() || value.isNumber() || value.isBoolean()) {
      escape(value.asString().getBytes(StandardCharsets.UTF_8));
    } else {
      escape(Json.bytes(value));
    }
  }

  /* What would end a value or a row, and the backslash, are written with a backslash (COPY, "Text Format"). */
  private void escape(byte[] text) {
    require(2 * text.length);
    int at = used;
    for (byte b : text) {
      if (b <= '\r' || b == '\\') {
        byte letter = switch (b) {
          case '\n' -> 'n';
          case '\r' -> 'r';
          case '\t' -> 't';
          case '\\' -> '\\';
          default -> 0;
        };
        if (letter != 0) {
          buffer[at++] = '\\';
          buffer[at++] = letter;
          continue;
        }
      }
      buffer[at++] = b;
    }
    used = at;
  }

  private void require(int more) {
    if (buffer.length - used < more) {
      buffer = Arrays.copyOf(buffer, Math.max(used + more, buffer.length * 2));
    }
  }

  private void send() throws SQLException {
    CopyIn open = copy;
    if (open == null) {
      if (!staged) {
        try (Statement statement = connection.createStatement()) {
          statement.execute(create);
        }
      }
      open = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY " + stage + " FROM STDIN");
      copy = open;
      staged = true;
    }
    open.writeToCopy(buffer, 0, used);
    used = 0;
    if (buffer.length > 64 * PIECE) {
      buffer = new byte[PIECE * 2];
    }
  }

  @Override
  public void pause() throws SQLException {
    if (used > 0) {
      send();
    }
    CopyIn open = copy;
    copy = null;
    if (open != null) {
      open.endCopy();
    }
  }

  @Override
  public void flush() throws SQLException {
    pause();
    if (staged) {
      staged = false;
      rows = 0;
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate(insert);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    CopyIn open = copy;
    copy = null;
    if (open != null) {
      open.cancelCopy();
    }
  }
}
