package dev.fairway.daml.v1;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream of messages that is pulled: no more than {@value #AHEAD} are under way, so that a slow reader holds the server
 * back and memory stays bounded. One thread reads; any may close.
 */
final class PulledCall<Q, T> implements ClientResponseObserver<Q, T>, AutoCloseable {
  private static final int AHEAD = 4;

  /** What came. */
  sealed interface Signal<T> {
    record Message<T>(T message) implements Signal<T> {}

    record Failed<T>(Throwable cause) implements Signal<T> {}

    record Done<T>() implements Signal<T> {}
  }

  /** Holds at most {@link #AHEAD} messages and one end. */
  private final BlockingQueue<Signal<T>> signals = new LinkedBlockingQueue<>();
  private volatile @Nullable ClientCallStreamObserver<Q> call;

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> stream) {
    stream.disableAutoRequestWithInitial(AHEAD);
    call = stream;
  }

  @Override
  public void onNext(T message) {
    signals.add(new Signal.Message<>(message));
  }

  @Override
  public void onError(Throwable cause) {
    signals.add(new Signal.Failed<>(cause));
  }

  @Override
  public void onCompleted() {
    signals.add(new Signal.Done<>());
  }

  /** The next signal; empty when the time is over. */
  Optional<Signal<T>> poll(Duration wait) throws InterruptedException {
    Signal<T> signal = signals.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
    ClientCallStreamObserver<Q> stream = call;
    if (signal instanceof Signal.Message<T> && stream != null) {
      stream.request(1);
    }
    return Optional.ofNullable(signal);
  }

  @Override
  public void close() {
    ClientCallStreamObserver<Q> stream = call;
    if (stream != null) {
      stream.cancel("closed by the reader", null);
    }
  }
}
