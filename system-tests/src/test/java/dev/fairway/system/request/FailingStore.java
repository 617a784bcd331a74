package dev.fairway.system.request;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.Journal;
import dev.fairway.core.store.Store;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store whose disk may fail: then each step is run to its end and undone.
 *
 * @param failing whether writes fail now
 * @param failed how many did
 */
record FailingStore(Store to, AtomicBoolean failing, AtomicInteger failed) implements Store {
  @Override
  public <R> R write(WriteStep<R> step) {
    return to.write(tx -> {
      R result = step.apply(tx);
      if (failing.get()) {
        failed.incrementAndGet();
        throw new FairwayException(ErrorCode.STORE_DOWN, "the disk is gone");
      }
      return result;
    });
  }

  @Override
  public <R> R read(ReadStep<R> step) {
    return to.read(step);
  }

  @Override
  public Journal journal() {
    return to.journal();
  }

  @Override
  public void close() {
    to.close();
  }
}
