package dev.fairway.automation.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a class warns operators of, for the length of a test. */
final class Warnings extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger logger;
  private final List<String> told = new CopyOnWriteArrayList<>();

  Warnings(Class<?> teller) {
    logger = (Logger) LoggerFactory.getLogger(teller);
    start();
    logger.addAppender(this);
  }

  /** Each warning, as it is written. */
  List<String> told() {
    return List.copyOf(told);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
      told.add(event.getFormattedMessage());
    }
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    stop();
  }
}
