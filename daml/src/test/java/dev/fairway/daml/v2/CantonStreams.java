package dev.fairway.daml.v2;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.websocket.api.Session;

/** The streams open with a {@link CantonDouble}, and what may befall them. Safe for many threads. */
final class CantonStreams {
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final AtomicInteger snapshotsToBreak = new AtomicInteger();

  void opened(Session session) {
    sessions.add(session);
  }

  void closed(Session session) {
    sessions.remove(session);
  }

  /** Streams under way are told that a token has run out, as a participant tells them. */
  void tellExpired() {
    CantonProblem problem = CantonProblem.unauthenticated("the token has expired");
    sessions.forEach(session -> session.sendText(CantonJson.MAPPER.writeValueAsString(problem.body()),
        org.eclipse.jetty.websocket.api.Callback.NOOP));
  }

  void cut() {
    sessions.forEach(Session::disconnect);
  }

  void breakSnapshots(int count) {
    snapshotsToBreak.set(count);
  }

  /** Whether the snapshot that asks is one of those to break; counts it. */
  boolean breaksSnapshot() {
    return snapshotsToBreak.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
  }
}
