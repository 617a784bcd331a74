package dev.fairway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Store;
import dev.fairway.testing.journal.JournalContract;
import java.sql.Statement;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmbeddedJournalTest extends JournalContract {
  private final TemporaryStore temporary = TemporaryStore.embedded(clock);

  @Override
  protected Store open(Clock ignored) {
    return temporary.store();
  }

  @Test
  void aFollowThatCouldNotBeginCanBeTriedAgain() {
    Journal journal = temporary.store().journal();
    rename("journal_follower", "taken_away");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> journal.follow("again", Journal.Start.END, events -> tx -> {}))
          .hasMessageContaining("journal_follower");
    }
    rename("taken_away", "journal_follower");
    try (Journal.Follower follower = journal.follow("again", Journal.Start.END, events -> tx -> {})) {
      assertThat(follower.trouble()).isEmpty();
    }
  }

  private void rename(String table, String to) {
    temporary.store().run(tx -> {
      try (Statement statement = tx.connection().createStatement()) {
        statement.execute("ALTER TABLE " + table + " RENAME TO " + to);
      }
    });
  }

  @AfterEach
  void remove() {
    temporary.close();
  }
}
