package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Events;
import dev.fairway.automation.sdk.Integration;
import dev.fairway.automation.sdk.NoSettings;
import dev.fairway.automation.sdk.Request;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.DeadLetters.Failed;
import dev.fairway.store.DeadLetters.Filter;
import dev.fairway.testing.ledger.ContractModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that kill whoever answers them: a worker dies of each, and nobody else. */
@Timeout(300)
class ForkedWorkerTest {
  @TempDir
  private Path folder;
  private Node node;

  /** What a worker makes for itself. */
  public static final class Fragile implements Integration<NoSettings> {
    @Override
    public Class<NoSettings> settings() {
      return NoSettings.class;
    }

    @Override
    public void start(Environment<NoSettings> env, Events events) {
      events.request().on(ContractModel.REQUEST).reading(payload -> payload.text("text"))
          .<String>accepting("Accept", answer -> struct("answer", text(answer))).timeLimit(Duration.ofSeconds(60))
          .inWorker(32).handle(request -> answer(env, request));
    }

    private static Answer<String> answer(Environment<NoSettings> env, Request<String> request)
        throws InterruptedException {
      switch (request.payload()) {
        case "halt" -> {
          System.err.println("a bug in a native library");
          Runtime.getRuntime().halt(134);
        }
        case "hoard" -> {
          List<byte[]> all = new ArrayList<>();
          while (all.size() < 1_000_000) {
            all.add(new byte[1 << 20]);
          }
        }
        case "throw" -> throw new IllegalStateException("attempt " + request.attempt().number());
        case "assert" -> throw new AssertionError("by " + ProcessHandle.current().pid());
        case "no" -> {
          return new Answer.Reject<>("NO", "not this one", Map.of("why", "test"), false);
        }
        case "later" -> {
          return Answer.later(Duration.ofHours(1), "not yet");
        }
        default -> System.out.println("what is printed disturbs nobody");
      }
      return Answer.accept(ProcessHandle.current().pid() + " sees "
          + env.active(ContractModel.REQUEST).stream().anyMatch(c -> c.id().equals(request.contract().id()))
          + " cancelled " + request.cancelled());
    }
  }

  @BeforeEach
  void startNode() {
    node = new Node(folder);
    node.automation.offer(new AvailableType(new PackageMetadata.IntegrationType("fragile", "fragile", "fragile", "test",
        List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of()), Fragile::new));
    node.automation.start(new IntegrationConfig("fragile", "fragile", node.bob, Map.of()));
  }

  @AfterEach
  void stopNode() {
    node.close();
  }

  private RequestState state(String text) {
    RequestBook book = new RequestBook(node.store);
    return node.active(node.alice, ContractModel.REQUEST).stream()
        .filter(one -> one.payload().text("text").equals(text))
        .flatMap(one -> book.find("fragile", one.id().value()).stream()).map(KnownRequest::state).findFirst()
        .orElse(RequestState.READY);
  }

  @Test
  void answersComeFromAnotherProcessThatIsKept() {
    node.ask("one");
    eventually(() -> assertThat(node.answers()).hasSize(1));
    node.ask("two");
    eventually(() -> assertThat(node.answers()).hasSize(2));
    assertThat(node.answers())
        .allMatch(answer -> answer.endsWith(" sees true cancelled false"))
        .noneMatch(answer -> answer.startsWith(ProcessHandle.current().pid() + " "));
    assertThat(node.answers().get(0)).as("both were answered by one process").isEqualTo(node.answers().get(1));
  }

  @Test
  void deathIsAnAttemptWithItsLastWordsAndThreeInARowAreEnough() {
    node.ask("halt");
    node.ask("hoard");
    eventually(() -> assertThat(List.of(state("halt"), state("hoard"))).containsOnly(RequestState.QUARANTINED));
    node.ask("healthy");
    eventually(() -> assertThat(node.answers()).hasSize(1));
    DeadLetters letters = new DeadLetters(node.store, node.handlers);
    List<String> whys = letters.list(Filter.ALL, 0, 10).stream()
        .flatMap(letter -> letters.show(letter.id()).orElseThrow().failures().stream()).map(Failed::why).toList();
    assertThat(whys).areExactly(Requests.MOST_CRASHES, saying("exit code 134; its last words: ", "a native library"))
        .areExactly(Requests.MOST_CRASHES, saying("exit code 3", "OutOfMemoryError"))
        .areExactly(2, saying("died 3 times in a row"));
  }

  @Test
  void errorOfAHandlerIsAnAttemptAndItsWorkerLives() {
    node.ask("one");
    eventually(() -> assertThat(node.answers()).hasSize(1));
    String worker = node.answers().getFirst().split(" ", 2)[0];
    node.ask("assert");
    eventually(() -> assertThat(node.automation.find("fragile").orElseThrow().tallies())
        .anySatisfy(tally -> assertThat(tally.lastError().orElse("")).contains("AssertionError: by " + worker)));
    node.ask("two");
    eventually(() -> assertThat(node.answers()).hasSize(2).allMatch(answer -> answer.startsWith(worker + " ")));
  }

  private static Condition<String> saying(String... parts) {
    return new Condition<>(why -> Arrays.stream(parts).allMatch(why::contains), "saying %s", List.of(parts));
  }

  @Test
  void whatTheHandlerAnswersOrThrowsComesAcross() {
    node.ask("no");
    node.ask("later");
    node.ask("throw");
    RequestBook book = new RequestBook(node.store);
    eventually(() -> assertThat(book.newest(RequestState.REJECTED)).singleElement()
        .satisfies(request -> assertThat(request.reason())
            .contains(new RequestReason("NO", "not this one", Map.of("why", "test"), false))));
    eventually(() -> assertThat(node.automation.find("fragile").orElseThrow().totals().errors()).isPositive());
    assertThat(state("later")).isEqualTo(RequestState.READY);
  }
}
