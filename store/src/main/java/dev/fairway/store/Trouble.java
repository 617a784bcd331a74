package dev.fairway.store;

import dev.fairway.core.ErrorCode;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a database error means for whoever asked. */
enum Trouble {
  /** The step met another one: run it again. */
  COLLISION,
  /** The database is not there. */
  DOWN,
  /** There is no space. */
  FULL,
  /** The file is damaged. */
  CORRUPT,
  /** The statement is wrong, or a constraint refused it: the step's own affair. */
  OWN;

  /** Looks for a database error among the causes; empty when there is none. */
  static Optional<Trouble> in(Throwable thrown) {
    int depth = 0;
    for (Throwable t = thrown; t != null && depth < 20; t = t.getCause(), depth++) {
      if (t instanceof SQLException e) {
        return Optional.of(of(e));
      }
    }
    return Optional.empty();
  }

  private static Trouble of(SQLException e) {
    if (e instanceof SQLiteException sqlite) {
      return of(sqlite.getResultCode());
    }
    if (e instanceof SQLTransientConnectionException) {
      return DOWN;
    }
    String state = e.getSQLState();
    if (state == null) {
      return OWN;
    }
    return switch (state) {
      // serialization failure, deadlock, lock not available
      case "40001", "40P01", "55P03" -> COLLISION;
      // disk full; could not extend a file
      case "53100" -> FULL;
      // admin shutdown, crash shutdown, cannot connect now, database dropped, too many connections
      case "57P01", "57P02", "57P03", "57P04", "53300" -> DOWN;
      case "XX001", "XX002" -> CORRUPT;
      default -> state.startsWith("08") || state.startsWith("58") ? DOWN : OWN;
    };
  }

  private static Trouble of(SQLiteErrorCode code) {
    // an extended code has its primary one in its low byte
    return switch (code.code & 0xff) {
      case 5, 6 -> COLLISION;
      case 13 -> FULL;
      case 11, 26 -> CORRUPT;
      case 8, 10, 14 -> DOWN;
      default -> OWN;
    };
  }

  Optional<ErrorCode> code() {
    return switch (this) {
      case COLLISION -> Optional.of(ErrorCode.BUSY);
      case DOWN -> Optional.of(ErrorCode.STORE_DOWN);
      case FULL -> Optional.of(ErrorCode.DISK_FULL);
      case CORRUPT -> Optional.of(ErrorCode.STORE_CORRUPT);
      case OWN -> Optional.empty();
    };
  }
}
