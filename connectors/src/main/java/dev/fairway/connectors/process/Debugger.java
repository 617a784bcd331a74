package dev.fairway.connectors.process;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What people write to have a program wait for their debugger before it does anything: Java's JDWP, which suspends unless it is
 * told not to, {@code --wait-for-client} of Python's debugpy, and Node's {@code --inspect-brk} and {@code --inspect-wait}. A
 * program that can be debugged and does not wait is as any other.
 */
final class Debugger {
  private static final Pattern JDWP = Pattern.compile("(?:-agentlib:jdwp=|-Xrunjdwp:)(?!\\S*\\bsuspend=n)");
  private static final Pattern OTHERS = Pattern
      .compile("(?<![\\w-])--(?:wait-for-client|inspect-brk|inspect-wait)(?![\\w-])");

  private Debugger() {}

  /** Whether a program of this command, with this beside its environment, waits for one. */
  static boolean awaitedBy(List<String> command, Map<String, String> env) {
    return Stream.concat(command.stream(), env.values().stream())
        .anyMatch(word -> JDWP.matcher(word).find() || OTHERS.matcher(word).find());
  }
}
