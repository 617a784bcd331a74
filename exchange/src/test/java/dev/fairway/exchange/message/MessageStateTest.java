package dev.fairway.exchange.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.channel.ChannelStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageStateTest {
  @ParameterizedTest
  @CsvSource({"SENT,CONFIRMED,CONFIRMED,accepted", "SENT,DELIVERED,CONFIRMED,accepted",
      "SENT,UNDELIVERABLE,UNDELIVERABLE,rejected", "SENT,REVOKED,REVOKED,accepted",
      "CONFIRMED,REVOKED,REVOKED,accepted", "CONFIRMED,FALSE_ALARM,REVOKED,accepted",
      "REVOKED,CONFIRMED,CONFIRMED,accepted"})
  void channelMovesASentMessage(MessageState from, ChannelStatus news, MessageState to, String wire) {
    assertThat(from.told(news)).contains(to);
    assertThat(to.status().wire()).isEqualTo(wire);
  }

  @Test
  void lateNewsChangesNothing() {
    assertThat(MessageState.CONFIRMED.told(ChannelStatus.RECEIVED)).isEmpty();
    assertThat(MessageState.CONFIRMED.told(ChannelStatus.CONFIRMED)).isEmpty();
    assertThat(MessageState.QUEUED.told(ChannelStatus.CONFIRMED)).isEmpty();
    assertThat(MessageState.RECEIVED.told(ChannelStatus.REVOKED)).isEmpty();
  }
}
