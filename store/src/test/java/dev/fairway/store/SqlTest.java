package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.testing.TestClock;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SqlTest {
  private final TemporaryStore temporary = TemporaryStore.embedded(new TestClock());
  private final SqlStore store = temporary.store();

  @BeforeEach
  void table() {
    store.run(tx -> Sql.on(tx).execute("CREATE TABLE note (text TEXT NOT NULL)"));
  }

  @AfterEach
  void close() {
    temporary.close();
  }

  @Test
  void aHandleWritesAndReadsInTheStepsTransaction() {
    store.run(tx -> {
      Sql.on(tx).createUpdate("INSERT INTO note (text) VALUES (:text)").bind("text", "a").execute();
      assertThat(Sql.on(tx).createQuery("SELECT text FROM note").mapTo(String.class).list()).containsExactly("a");
    });
    assertThat(store.<String>read(view -> Sql.on(view).createQuery("SELECT text FROM note").mapTo(String.class).one()))
        .isEqualTo("a");
  }

  @Test
  void closingAHandleEndsNothing() {
    assertThatThrownBy(() -> store.run(tx -> {
      try (Handle handle = Sql.on(tx)) {
        handle.execute("INSERT INTO note (text) VALUES ('a')");
      }
      throw new IllegalArgumentException("own");
    })).isInstanceOf(IllegalArgumentException.class);
    assertThat(count()).isZero();
    store.run(tx -> {
      try (Handle handle = Sql.on(tx)) {
        handle.useTransaction(inner -> inner.execute("INSERT INTO note (text) VALUES ('b')"));
      }
    });
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void aHandleCannotEndTheTransaction() {
    assertThatThrownBy(() -> store.run(tx -> Sql.on(tx).commit())).isInstanceOf(IllegalStateException.class);
  }

  private int count() {
    return store.read(view -> Sql.on(view).createQuery("SELECT count(*) FROM note").mapTo(Integer.class).one());
  }
}
