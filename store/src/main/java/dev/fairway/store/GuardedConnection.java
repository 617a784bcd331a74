package dev.fairway.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection as a step sees it: it cannot be committed, rolled back or closed, and it keeps its prepared statements.
 *
 * <p>Preparing costs SQLite about as much as running; a statement that is closed goes back to its shelf and is handed out
 * again. Belongs to one thread at a time.
 */
final class GuardedConnection implements InvocationHandler {
  private static final int SHELF = 256;

  private final Connection real;
  private final Connection guarded;
  private final boolean keepStatements;
  private final LinkedHashMap<String, PreparedStatement> shelf = new LinkedHashMap<>(64, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, PreparedStatement> eldest) {
      if (size() <= SHELF) {
        return false;
      }
      try {
        eldest.getValue().close();
      } catch (SQLException e) {
        throw new IllegalStateException("cannot close a statement", e);
      }
      return true;
    }
  };

  private GuardedConnection(Connection real, boolean keepStatements) {
    this.real = real;
    this.keepStatements = keepStatements;
    this.guarded = (Connection) Proxy.newProxyInstance(GuardedConnection.class.getClassLoader(),
        new Class<?>[]{Connection.class}, this);
  }

  static GuardedConnection of(Connection real, boolean keepStatements) {
    return new GuardedConnection(real, keepStatements);
  }

  Connection real() {
    return real;
  }

  Connection guarded() {
    return guarded;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a proxy equals itself and nothing else
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) throws Throwable {
    return switch (method.getName()) {
      case "commit", "rollback", "setAutoCommit", "abort", "setSavepoint", "releaseSavepoint" ->
        throw new IllegalStateException(method.getName() + " is not a step's to call: the store ends its transactions");
      case "close" -> null;
      case "equals" -> args != null && proxy == args[0];
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> "guarded " + real;
      case "prepareStatement" -> keepStatements && args != null && args.length == 1
          ? borrow((String) args[0])
          : call(real, method, args);
      default -> call(real, method, args);
    };
  }

  private PreparedStatement borrow(String sql) throws SQLException {
    PreparedStatement kept = shelf.remove(sql);
    PreparedStatement statement = kept == null ? real.prepareStatement(sql) : kept;
    return (PreparedStatement) Proxy.newProxyInstance(GuardedConnection.class.getClassLoader(),
        new Class<?>[]{PreparedStatement.class}, new Borrowed(sql, statement));
  }

  private static @Nullable Object call(Object target, Method method, Object @Nullable [] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private final class Borrowed implements InvocationHandler {
    private final String sql;
    private final PreparedStatement statement;
    private @Nullable ResultSet open;
    private boolean closed;

    Borrowed(String sql, PreparedStatement statement) {
      this.sql = sql;
      this.statement = statement;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a proxy equals itself and nothing else
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) throws Throwable {
      return switch (method.getName()) {
        case "close" -> {
          giveBack();
          yield null;
        }
        case "isClosed" -> closed;
        case "getConnection" -> guarded;
        case "equals" -> args != null && proxy == args[0];
        case "hashCode" -> System.identityHashCode(proxy);
        case "toString" -> sql;
        default -> {
          if (closed) {
            throw new SQLException("statement is closed: " + sql);
          }
          Object answer = call(statement, method, args);
          if (answer instanceof ResultSet rows) {
            open = rows;
          }
          yield answer;
        }
      };
    }

    private void giveBack() throws SQLException {
      if (closed) {
        return;
      }
      closed = true;
      if (open != null) {
        open.close();
      }
      statement.clearBatch();
      statement.clearParameters();
      if (shelf.containsKey(sql)) {
        statement.close();
      } else {
        shelf.put(sql, statement);
      }
    }
  }
}
