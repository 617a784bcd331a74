package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.NoSettings;
import dev.fairway.automation.sdk.OutsideCalls.OutsideCall;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.work.WorkId;
import dev.fairway.store.DeadLetters;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages that were set aside, tried dry: what their handler would do to the outside is told and not done. */
@Timeout(120)
class DryRunTest {
  @TempDir
  private Path folder;

  @Test
  void effectsByWayOfTheEnvironmentAreToldAndHeldBack() {
    try (var node = new Node(folder)) {
      RunningIntegration integration = node.run("careful", (env, events) -> events.queue()
          .messages((message, attempt) -> handle(env, message, attempt)));
      eventually(() -> assertThat(integration.ready()).isTrue());
      assertThat(triedDry(node, integration, "call")).isEqualTo("would call GET http://127.0.0.1:1/prices");
      assertThat(triedDry(node, integration, "connect")).isEqualTo("would connect to wss://127.0.0.1:1/prices");
      assertThat(triedDry(node, integration, "put")).isEqualTo("would put a message on the queue default");
      assertThat(triedDry(node, integration, "nothing")).isEqualTo("would send []");
      assertThat(integration.lane().pending()).isZero();
    }
  }

  private static Response handle(Environment<NoSettings> env, String message, Attempt attempt) throws Exception {
    if (!attempt.dryRun()) {
      throw new FairwayException(ErrorCode.INVALID, "not today");
    }
    switch (message) {
      case "call" -> env.http().send(OutsideCall.get(URI.create("http://127.0.0.1:1/prices?key=hush")));
      case "connect" -> env.http().connect(URI.create("wss://127.0.0.1:1/prices?key=hush")).close();
      case "put" -> env.queue().put("more");
      default -> env.log().debug("nothing to do");
    }
    return Response.none();
  }

  private static String triedDry(Node node, RunningIntegration integration, String message) {
    var dead = new DeadLetters(node.store, node.handlers);
    integration.put("default", message);
    eventually(() -> assertThat(dead.count(DeadLetters.Filter.ALL)).isEqualTo(1));
    WorkId letter = dead.list(DeadLetters.Filter.ALL, 0, 1).getFirst().id();
    String told = dead.tryDry(letter, "ada").why();
    dead.discard(letter, "ada");
    return told;
  }
}
