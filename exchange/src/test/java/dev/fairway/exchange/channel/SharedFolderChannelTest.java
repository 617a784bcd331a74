package dev.fairway.exchange.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.channel.Channel;
import dev.fairway.core.channel.ChannelStatus;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.testing.channel.ChannelContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFolderChannelTest extends ChannelContract {
  @TempDir
  Path folder;

  @Override
  protected Channel open(Jurisdiction own) {
    return channel(own);
  }

  private SharedDatabaseChannel channel(Jurisdiction own) {
    return new SharedDatabaseChannel(new MediumHome.Folder(folder), own, Set.of(AU, SG, NZ), InstantSource.system());
  }

  @Override
  protected boolean change(String id, ChannelStatus status) {
    try (SharedDatabaseChannel operator = channel(AU)) {
      return operator.change(id, status);
    }
  }

  @Test
  void rowsCannotBeChangedAndAChangeBehindTheDatabasesBackIsShown() throws Exception {
    try (SharedDatabaseChannel au = channel(AU)) {
      for (int i = 0; i < 3; i++) {
        au.post(new Envelope(new Message(AU, SG, "subject " + i, "a.b.c", "a.b.c"), Optional.empty(), "k" + i));
      }
      assertThat(au.firstBrokenRow()).isEmpty();
      try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("channel.db"));
          Statement statement = database.createStatement()) {
        assertThatThrownBy(() -> statement.execute("UPDATE channel_row SET subject = 'other' WHERE seq = 2"))
            .hasMessageContaining("never changed");
        assertThatThrownBy(() -> statement.execute("DELETE FROM channel_row WHERE seq = 3"))
            .hasMessageContaining("never removed");
        statement.execute("DROP TRIGGER channel_row_stays");
        statement.execute("UPDATE channel_row SET subject = 'other' WHERE seq = 2");
      }
      assertThat(au.firstBrokenRow()).contains(2L);
    }
  }

  @Test
  void closedChannelTakesNothingMore() {
    SharedDatabaseChannel au = channel(AU);
    au.close();
    assertThat(au.post(new Envelope(new Message(AU, SG, "s", "a.b.c", "a.b.c"), Optional.empty(), "k")))
        .isInstanceOf(dev.fairway.core.channel.PostResult.Unavailable.class);
  }
}
