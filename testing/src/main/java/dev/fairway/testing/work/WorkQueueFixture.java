package dev.fairway.testing.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.Codec;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.work.NewWork;
import dev.fairway.core.work.WorkKind;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.core.work.WorkQueue.Demand;
import dev.fairway.core.work.WorkQueue.Lease;
import dev.fairway.core.work.WorkQueue.SettleResult;
import dev.fairway.core.work.WorkQueue.Settlement;
import dev.fairway.testing.TestClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store with its queue, and short words for what its contracts do with them. */
abstract class WorkQueueFixture {
  static final Duration LEASE = Duration.ofSeconds(30);
  static final Duration HOUR = Duration.ofHours(1);

  /** Payloads as UTF-8. */
  protected static final Codec<String> TEXT = new Codec<>() {
    @Override
    public byte[] encode(String value) {
      return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  };
  protected static final WorkKind<String> SEND = WorkKind.of("contract.send", TEXT);
  protected static final WorkKind<String> PRINT = WorkKind.of("contract.print", TEXT);
  protected static final WorkKind<String> STRICT = WorkKind.of("contract.strict", TEXT).blockingKeyWhenDead();

  protected final TestClock clock = new TestClock();
  Store store;
  WorkQueue queue;

  /** A store with its queue, in which there is no work; called once for each test. */
  protected abstract Opened open(Clock clock) throws IOException;

  /** What {@link #open} opened. */
  public record Opened(Store store, WorkQueue queue) {}

  @BeforeEach
  void openQueue() throws IOException {
    Opened opened = open(clock);
    store = opened.store();
    queue = opened.queue();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  void enqueue(WorkKind<String> kind, String text) {
    store.run(tx -> tx.enqueue(NewWork.of(kind, text)));
  }

  List<Lease> lease(WorkKind<?> kind) {
    return queue.lease(List.of(new Demand(kind.name(), 100, LEASE)), 100);
  }

  SettleResult settle(Settlement settlement) {
    List<SettleResult> results = queue.settle(List.of(settlement));
    assertThat(results).hasSize(1);
    return results.getFirst();
  }

  static List<String> texts(List<Lease> leases) {
    return leases.stream().map(lease -> TEXT.decode(lease.payload())).toList();
  }

  static Store.Effect tell(String... words) {
    return tx -> Arrays.stream(words).forEach(word -> tx.append(new NewEvent("contract." + word, "s", "{}")));
  }

  List<String> told() {
    return store.journal().read(0, 100).stream().map(event -> event.type()).toList();
  }
}
