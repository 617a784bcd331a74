package dev.fairway.connectors.task;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A step whose session is prepared when it begins, because that asks programs and providers. What is prepared is not run
 * when a stop came meanwhile.
 */
public final class Prepared implements TaskLoop.Step {
  private final Callable<? extends TaskLoop.Step> maker;
  private TaskLoop.@Nullable Step made;
  private boolean stopped;

  public Prepared(Callable<? extends TaskLoop.Step> maker) {
    this.maker = maker;
  }

  @Override
  public void run() throws Exception {
    TaskLoop.Step step = maker.call();
    synchronized (this) {
      if (stopped) {
        return;
      }
      made = step;
    }
    step.run();
  }

  @Override
  public void stop() {
    TaskLoop.Step now;
    synchronized (this) {
      stopped = true;
      now = made;
    }
    if (now != null) {
      now.stop();
    }
  }
}
