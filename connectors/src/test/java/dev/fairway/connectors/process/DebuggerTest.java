package dev.fairway.connectors.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DebuggerTest {
  private static boolean awaited(String word) {
    boolean inCommand = Debugger.awaitedBy(List.of("run", word), Map.of());
    assertThat(Debugger.awaitedBy(List.of("run"), Map.of("OPTS", word))).isEqualTo(inCommand);
    return inCommand;
  }

  @ParameterizedTest
  @ValueSource(strings = {"-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=5005",
      "-agentlib:jdwp=transport=dt_socket,server=y", "-Xmx1g -agentlib:jdwp=server=y,suspend=y -Dx=suspend=n",
      "-Xrunjdwp:transport=dt_socket,server=y", "--wait-for-client",
      "python -m debugpy --listen 5678 --wait-for-client x.py",
      "--inspect-brk", "--inspect-brk=127.0.0.1:9229", "--inspect-wait"})
  void whoeverIsToldToWaitForADebuggerWaits(String word) {
    assertThat(awaited(word)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=5005",
      "-Xrunjdwp:server=y,suspend=n", "--inspect", "--inspect=9229", "--inspector", "--inspect-brk-later", "debugpy",
      "https://example.org/jdwp", "secret-with---wait-for-client-inside", "jdwp"})
  void whatOnlyLooksAlikeDoesNot(String word) {
    assertThat(awaited(word)).isFalse();
  }
}
