package dev.fairway.evm.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.store.Transaction;
import dev.fairway.evm.rpc.LogEntry;
import java.util.ArrayList;
import java.util.List;

/** What a handler has been told, as of the last commit; it breaks down when told to. */
final class ToldLogs implements LogHandler {
  private final List<LogEvent> events = new ArrayList<>();
  private int failAfter = Integer.MAX_VALUE;

  @Override
  public void apply(Transaction tx, List<LogEvent> news) {
    failAfter -= news.size();
    if (failAfter < 0) {
      failAfter = Integer.MAX_VALUE;
      throw new IllegalStateException("the handler broke down");
    }
    tx.afterCommit(() -> events.addAll(news));
  }

  /** The handler breaks down once, when it is told more than so many more events. */
  void failAfter(int count) {
    failAfter = count;
  }

  List<LogEvent> events() {
    return events;
  }

  /** What is believed to be on the chain, and each is believed once. */
  List<LogEntry> standing() {
    List<LogEntry> standing = new ArrayList<>();
    for (LogEvent event : events) {
      switch (event) {
        case LogEvent.Observed(var log) -> {
          assertThat(standing).doesNotContain(log);
          standing.add(log);
        }
        case LogEvent.Confirmed(var log) -> {
          if (!standing.contains(log)) {
            standing.add(log);
          }
        }
        case LogEvent.Retracted(var log, var _) -> assertThat(standing.remove(log)).isTrue();
      }
    }
    return standing;
  }

  List<LogEntry> confirmed() {
    return events.stream().filter(LogEvent.Confirmed.class::isInstance).map(LogEvent::log).toList();
  }
}
