package dev.fairway.core.socket;

import static dev.fairway.core.socket.PulledSocket.SILENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.socket.PulledSocket.Signal;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PulledSocketTest {
  private static final Duration MOMENT = Duration.ofSeconds(1);

  private long now = Long.MAX_VALUE - SILENCE.toNanos();
  private final Line line = new Line();
  private final PulledSocket inbox = new PulledSocket(10, () -> now);

  @Test
  void readerThatStayedAwayForLongAsksBeforeItGivesUp() throws Exception {
    inbox.onOpen(line);
    pass(SILENCE.multipliedBy(5));
    assertThat(inbox.poll(Duration.ZERO)).isEmpty();
    assertThat(line.pings).isOne();
    inbox.onPong(line, ByteBuffer.allocate(0));
    pass(SILENCE.multipliedBy(5));
    assertThat(inbox.poll(Duration.ZERO)).isEmpty();
    assertThat(line.pings).isEqualTo(2);
    assertThat(inbox.isOpen()).isTrue();
  }

  @Test
  void questionThatNothingAnswersInTimeEndsTheConnection() throws Exception {
    inbox.onOpen(line);
    pass(SILENCE);
    assertThat(inbox.poll(Duration.ZERO)).isEmpty();
    assertThat(line.pings).as("not silent for longer than that yet").isZero();
    pass(MOMENT);
    assertThat(inbox.poll(Duration.ZERO)).isEmpty();
    pass(SILENCE);
    assertThat(inbox.poll(Duration.ZERO)).isEmpty();
    assertThat(line.pings).as("asked once").isOne();
    assertThat(inbox.isOpen()).isTrue();
    pass(MOMENT);
    assertThat(inbox.poll(Duration.ZERO)).isEmpty();
    assertThat(inbox.isOpen()).isFalse();
    assertThat(line.aborted).isTrue();
    assertFailed("a sign of life was asked for and none came within 20 s");
  }

  @Test
  void whateverIsHeardIsAnAnswer() throws Exception {
    inbox.onOpen(line);
    pass(SILENCE.plus(MOMENT));
    assertThat(inbox.poll(Duration.ZERO)).isEmpty();
    pass(MOMENT);
    inbox.onText(line, "news", true);
    pass(SILENCE);
    assertThat(inbox.poll(Duration.ZERO)).contains(new Signal.Message("news"));
    assertThat(inbox.poll(Duration.ZERO)).isEmpty();
    assertThat(inbox.isOpen()).isTrue();
  }

  @Test
  void firstEndCountsAndNothingFollowsIt() throws Exception {
    inbox.onOpen(line);
    inbox.onText(line, "last", true);
    inbox.onClose(line, 4000, "as asked");
    inbox.onError(line, new IOException("late"));
    inbox.onText(line, "later", true);
    inbox.close();
    assertThat(inbox.poll(Duration.ZERO)).contains(new Signal.Message("last"));
    for (int look = 0; look < 3; look++) {
      assertThat(inbox.poll(Duration.ZERO)).contains(new Signal.Done(4000, "as asked"));
    }
  }

  @Test
  void connectionThatWasClosedBeforeItOpenedIsCutAndToldAsClosed() throws Exception {
    inbox.close();
    assertFailed("the connection was closed");
    inbox.onOpen(line);
    assertThat(line.aborted).isTrue();
    assertThat(line.requested).isZero();
    assertThat(inbox.isOpen()).isFalse();
    assertFailed("the connection was closed");
  }

  @Test
  void messageIsAskedForWhenOneIsTaken() throws Exception {
    inbox.onOpen(line);
    long first = line.requested;
    inbox.onText(line, "one", true);
    assertThat(line.requested).isEqualTo(first);
    assertThat(inbox.poll(Duration.ZERO)).contains(new Signal.Message("one"));
    assertThat(line.requested).isEqualTo(first + 1);
  }

  @Test
  void messageBeyondTheLimitEndsTheConnection() throws Exception {
    inbox.onOpen(line);
    inbox.onText(line, "0123456789", false);
    inbox.onText(line, "0", true);
    assertThat(line.aborted).isTrue();
    assertFailed("a message has more than 10 characters");
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private void assertFailed(String why) throws InterruptedException {
    assertThat(inbox.poll(Duration.ZERO)).get().isInstanceOfSatisfying(Signal.Failed.class,
        failed -> assertThat(failed.cause()).hasMessage(why));
  }

  /** Counts what it is told to do. */
  private static final class Line implements WebSocket {
    private long requested;
    private int pings;
    private boolean aborted;

    @Override
    public void request(long n) {
      requested += n;
    }

    @Override
    public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
      pings++;
      return done();
    }

    @Override
    public void abort() {
      aborted = true;
    }

    @Override
    public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
      return done();
    }

    @Override
    public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
      return done();
    }

    @Override
    public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
      return done();
    }

    @Override
    public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
      return done();
    }

    @Override
    public String getSubprotocol() {
      return "";
    }

    @Override
    public boolean isOutputClosed() {
      return aborted;
    }

    @Override
    public boolean isInputClosed() {
      return aborted;
    }

    private CompletableFuture<WebSocket> done() {
      return CompletableFuture.completedFuture(this);
    }
  }
}
