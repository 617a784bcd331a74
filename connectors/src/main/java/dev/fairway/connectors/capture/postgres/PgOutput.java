package dev.fairway.connectors.capture.postgres;

import dev.fairway.connector.flow.ProtocolException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code pgoutput} plugin says of a transaction, in version 1 of its protocol (PostgreSQL documentation, "Logical
 * Replication Message Formats").
 */
sealed interface PgOutput {
  /** @param commit where the transaction's commit lies in the log; transactions come in this order */
  record Begin(long commit) implements PgOutput {}

  /** @param end behind the commit: what is before it need not be sent again */
  record Commit(long end) implements PgOutput {}

  /** What a table looks like from now on; comes before the first change of it, and again when it was altered. */
  record Relation(int id, String schema, String table, List<Column> columns) implements PgOutput {
    public Relation {
      columns = List.copyOf(columns);
    }
  }

  record Insert(int relation, Tuple row) implements PgOutput {}

  /** @param old the key before, or the whole row, where the key was changed or the table's replica identity is full */
  record Update(int relation, @Nullable Tuple old, Tuple row) implements PgOutput {}

  record Delete(int relation, Tuple old) implements PgOutput {}

  /** A message that says nothing about rows. */
  record Other(char type) implements PgOutput {}

  /** @param key whether it is part of the replica identity */
  record Column(String name, int type, boolean key) {}

  /** A row's values as texts, in the order of its columns. */
  record Tuple(List<Value> values) {
    public Tuple {
      values = List.copyOf(values);
    }
  }

  /** One value. */
  sealed interface Value {
    /** There is none. */
    record Null() implements Value {}

    /** A large value that was not changed and is not in the log. */
    record Unchanged() implements Value {}

    record Text(String text) implements Value {}
  }

  /** @throws ProtocolException when the bytes are no such message */
  static PgOutput read(ByteBuffer message) {
    try {
      char type = (char) (message.get() & 0xff);
      return switch (type) {
        case 'B' -> begin(message);
        case 'C' -> commit(message);
        case 'R' -> relation(message);
        case 'I' -> {
          int relation = message.getInt();
          expect(message, "N");
          yield new Insert(relation, tuple(message));
        }
        case 'U' -> update(message);
        case 'D' -> {
          int relation = message.getInt();
          expect(message, "KO");
          yield new Delete(relation, tuple(message));
        }
        default -> new Other(type);
      };
    } catch (BufferUnderflowException e) {
      throw new ProtocolException("the database sent a message that ends too early", e);
    }
  }

  private static Begin begin(ByteBuffer message) {
    long commit = message.getLong();
    message.getLong();
    message.getInt();
    return new Begin(commit);
  }

  private static Commit commit(ByteBuffer message) {
    message.get();
    message.getLong();
    return new Commit(message.getLong());
  }

  private static Relation relation(ByteBuffer message) {
    int id = message.getInt();
    String schema = name(message);
    String table = name(message);
    message.get();
    int count = message.getShort();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean key = (message.get() & 1) != 0;
      String name = name(message);
      columns.add(new Column(name, message.getInt(), key));
      message.getInt();
    }
    return new Relation(id, schema, table, columns);
  }

  private static Update update(ByteBuffer message) {
    int relation = message.getInt();
    Tuple old = null;
    if (expect(message, "KON") != 'N') {
      old = tuple(message);
      expect(message, "N");
    }
    return new Update(relation, old, tuple(message));
  }

  private static Tuple tuple(ByteBuffer message) {
    int count = message.getShort();
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(switch (expect(message, "nut")) {
        case 'n' -> new Value.Null();
        case 'u' -> new Value.Unchanged();
        default -> new Value.Text(text(message));
      });
    }
    return new Tuple(values);
  }

  private static String text(ByteBuffer message) {
    int length = message.getInt();
    if (length < 0 || length > message.remaining()) {
      throw new ProtocolException("the database sent a value of " + length + " bytes in a message of "
          + message.remaining());
    }
    byte[] bytes = new byte[length];
    message.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String name(ByteBuffer message) {
    int from = message.position();
    int end = from;
    while (message.get() != 0) {
      end++;
    }
    byte[] bytes = new byte[end - from];
    message.get(from, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static char expect(ByteBuffer message, String known) {
    char kind = (char) (message.get() & 0xff);
    if (known.indexOf(kind) < 0) {
      throw new ProtocolException("the database sent a part of kind " + (int) kind + "; one of " + known
          + " was due");
    }
    return kind;
  }
}
