package dev.fairway.automation.runtime;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * An integration's logger. Its own level decides what passes, whatever the node's logging is set to, so that an operator
 * can look closer at one integration while it runs: from 10 on also what is said at debug.
 */
final class LevelledLogger extends LegacyAbstractLogger {
  private static final long serialVersionUID = 1L;

  private final transient Logger to;
  private final transient IntSupplier level;

  /** @param level 0 to 50 */
  LevelledLogger(String integration, IntSupplier level) {
    this.name = "integration." + integration;
    this.to = LoggerFactory.getLogger(name);
    this.level = level;
  }

  @Override
  public boolean isTraceEnabled() {
    return level.getAsInt() >= 40;
  }

  @Override
  public boolean isDebugEnabled() {
    return level.getAsInt() >= 10;
  }

  @Override
  public boolean isInfoEnabled() {
    return true;
  }

  @Override
  public boolean isWarnEnabled() {
    return true;
  }

  @Override
  public boolean isErrorEnabled() {
    return true;
  }

  @Override
  protected @Nullable String getFullyQualifiedCallerName() {
    return null;
  }

  @Override
  protected void handleNormalizedLoggingCall(Level at, @Nullable Marker marker, String pattern,
      Object @Nullable [] arguments, @Nullable Throwable cause) {
    String text = MessageFormatter.basicArrayFormat(pattern, arguments);
    switch (at) {
      case ERROR -> to.error(text, cause);
      case WARN -> to.warn(text, cause);
      case INFO -> to.info(text, cause);
      // Passed on at info, because the node's own level would swallow it.
      case DEBUG, TRACE -> to.info("[{}] {}", at, text, cause);
    }
  }
}
