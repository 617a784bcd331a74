package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static dev.fairway.core.ledger.LedgerValue.int64;
import static dev.fairway.core.ledger.LedgerValue.party;
import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.sdk.Answer;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.testing.ledger.ContractModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler can do wrong: it is told, and neither the node nor a neighbour suffers. */
@Timeout(180)
class HandlerFaultsTest {
  @TempDir
  private Path folder;

  private final List<String> heard = new CopyOnWriteArrayList<>();

  /** What a handler does, and what an operator is told of it; nothing where nothing is wrong. */
  enum Fault {
    THROWS("out of tune") {
      @Override
      Response handle(LedgerEvents.Created event) {
        throw new IllegalStateException("out of tune");
      }
    },
    RECURSES_WITHOUT_END("StackOverflowError") {
      @Override
      Response handle(LedgerEvents.Created event) {
        return Response.commands(new Command[deeper(1)]);
      }

      private static int deeper(int depth) {
        return depth < 0 ? depth : deeper(depth + 1) + 1;
      }
    },
    ASKS_FOR_MORE_MEMORY_THAN_THERE_IS("OutOfMemoryError") {
      @Override
      Response handle(LedgerEvents.Created event) {
        return Response.commands(new Command[Integer.MAX_VALUE]);
      }
    },
    LACKS_A_CLASS("NoClassDefFoundError") {
      @Override
      Response handle(LedgerEvents.Created event) {
        throw new NoClassDefFoundError("com/example/Missing");
      }
    },
    RETURNS_NULL(null) {
      @Override
      @SuppressWarnings("NullAway") // what a handler must not answer
      Response handle(LedgerEvents.Created event) {
        return null;
      }
    },
    RETURNS_A_WRONG_TYPE("ClassCastException") {
      @Override
      Response handle(LedgerEvents.Created event) {
        Object text = "not a response";
        return (Response) text;
      }
    },
    EXERCISES_WITH_A_WRONG_TYPE("INVALID_ARGUMENT: Accept.answer must be of type TEXT") {
      @Override
      Response handle(LedgerEvents.Created event) {
        return Response.commands(Command.exercise(event.contract(), "Accept", struct("answer", int64(7))));
      }
    },
    EXERCISES_WHAT_IS_NO_CHOICE("CHOICE_NOT_FOUND") {
      @Override
      Response handle(LedgerEvents.Created event) {
        return Response.commands(Command.exercise(event.contract(), "Whistle", struct()));
      }
    },
    CREATES_WHAT_IS_NO_TEMPLATE("ledger refused") {
      @Override
      Response handle(LedgerEvents.Created event) {
        return Response.commands(Command.create(TemplateId.parse("Not:There"), struct()));
      }
    };

    private final Optional<String> told;

    Fault(@Nullable String told) {
      this.told = Optional.ofNullable(told);
    }

    abstract Response handle(LedgerEvents.Created event);
  }

  @ParameterizedTest
  @EnumSource
  void handlerThatDoesWrongIsToldAndItsNeighbourGoesOn(Fault fault) {
    try (var node = new Node(folder)) {
      node.run("faulty",
          (env, events) -> events.ledger().created(ContractModel.REQUEST).attempts(1).handle(fault::handle));
      runNeighbour(node);
      node.ask("one");
      node.ask("two");
      eventually(() -> assertThat(heard).containsExactlyInAnyOrder("one", "two"));
      eventually(() -> assertThat(node.automation.find("faulty").orElseThrow().recent()).hasSize(2));
      if (fault.told.isPresent()) {
        eventually(() -> assertThat(node.setAside()).hasSize(2)
            .allSatisfy(why -> assertThat(why).contains(fault.told.get())));
      } else {
        assertThat(node.setAside()).isEmpty();
      }
      assertThat(node.automation.find("faulty").orElseThrow().ready()).isTrue();
    }
  }

  @Test
  void contractThatAHandlerCannotBeAskedAboutIsSetAsideAndTheNextOnesGoOn() {
    try (var node = new Node(folder)) {
      node.ask("poison before the start");
      node.run("choosy", (env, events) -> {
        events.ledger().created(ContractModel.REQUEST).matching(HandlerFaultsTest::isNoPoison).attempts(1)
            .handle(event -> heard(event.contract()));
        events.ledger().archived(ContractModel.REQUEST).matching(HandlerFaultsTest::isNoPoison).attempts(1)
            .handle(event -> heard(event.contract().orElseThrow()));
      });
      node.ask("poison");
      node.ask("one");
      eventually(() -> assertThat(heard).containsExactly("one"));
      eventually(
          () -> assertThat(node.setAside()).hasSize(2).allSatisfy(why -> assertThat(why).contains("cannot be so")));
      node.active(node.bob, ContractModel.REQUEST).forEach(request -> node.submit(node.bob,
          Command.exercise(request, "Accept", struct("answer", text("yes")))));
      eventually(() -> assertThat(heard).containsExactly("one", "one"));
      eventually(() -> assertThat(node.setAside()).hasSize(4));
      assertThat(node.automation.find("choosy").orElseThrow().error()).isEmpty();
    }
  }

  @Test
  void requestWithoutTheOrderKeyItShouldHaveIsSetAsideAndTheNextOneIsAnswered() {
    try (var node = new Node(folder)) {
      node.run("ordering", (env, events) -> events.request().on(ContractModel.REQUEST).reading(payload -> payload)
          .<String>accepting("Accept", answer -> struct("answer", text(answer)))
          .inOrderOf(payload -> String.valueOf(isNoPoison(payload))).attempts(1)
          .handle(request -> Answer.accept("yes")));
      node.ask("poison");
      node.ask("one");
      eventually(() -> assertThat(node.answers()).hasSize(1));
      eventually(() -> assertThat(node.setAside()).singleElement().asString().contains("cannot be so"));
      assertThat(node.active(node.bob, ContractModel.REQUEST)).singleElement()
          .satisfies(left -> assertThat(left.payload().text("text")).isEqualTo("poison"));
    }
  }

  private static boolean isNoPoison(LedgerValue.Struct payload) {
    if (payload.text("text").startsWith("poison")) {
      throw new AssertionError("it cannot be so");
    }
    return true;
  }

  private Response heard(Contract contract) {
    heard.add(contract.payload().text("text"));
    return Response.none();
  }

  @Test
  void errorInATaskATimerOrAtTheStartIsOneMoreTry() {
    try (var node = new Node(folder)) {
      var starts = new AtomicInteger();
      var ticks = new AtomicInteger();
      var tasks = new AtomicInteger();
      node.run("brittle", (env, events) -> {
        events.ledger().init(() -> brokenFor(1, starts));
        // More often than a piece of work is tried: a timer is never set aside.
        events.time().every(Duration.ofMillis(10), "drum", () -> brokenFor(7, ticks));
        events.task("reader", () -> {
          brokenFor(1, tasks);
          new CountDownLatch(1).await();
        });
      });
      eventually(() -> assertThat(List.of(starts.get(), tasks.get())).containsExactly(2, 2));
      eventually(() -> assertThat(ticks).hasValueGreaterThan(7));
      assertThat(node.setAside()).isEmpty();
    }
  }

  private static Response brokenFor(int times, AtomicInteger calls) {
    if (calls.incrementAndGet() <= times) {
      throw new AssertionError("it cannot be so");
    }
    return Response.none();
  }

  @Test
  void handlerThatHangsHoldsUpItselfAlone() {
    var forever = new CountDownLatch(1);
    try (var node = new Node(folder)) {
      node.run("hanging", (env, events) -> events.ledger().created(ContractModel.REQUEST).handle(event -> {
        forever.await();
        return Response.none();
      }));
      runNeighbour(node);
      node.ask("one");
      node.ask("two");
      eventually(() -> assertThat(heard).containsExactlyInAnyOrder("one", "two"));
      forever.countDown();
    }
  }

  @Test
  void messageThatHangsHasFailedAtItsLimitAndThoseTakenWithItGoOn() {
    try (var node = impatient()) {
      RunningIntegration post = node.run("post", (env, events) -> events.queue().messages("in", (message, attempt) -> {
        if (message.equals("first") && attempt.number() == 1) {
          new CountDownLatch(1).await();
        }
        heard.add(message);
        return Response.none();
      }));
      List.of("first", "second", "third").forEach(message -> post.put("in", message));
      eventually(() -> assertThat(heard).contains("first", "second", "third"));
      assertThat(post.tallies()).singleElement().satisfies(queue -> assertThat(queue.lastError().orElseThrow())
          .contains("took longer than PT1S and was interrupted"));
      assertThat(node.setAside()).isEmpty();
    }
  }

  @Test
  void handlerThatDoesNotHeedItsLimitIsToldWhileItHangs() {
    var gate = new Semaphore(0);
    try (var node = impatient()) {
      RunningIntegration deaf = node.run("deaf", (env, events) -> events.queue().messages("in", (message, attempt) -> {
        gate.acquireUninterruptibly();
        heard.add(message);
        return Response.none();
      }));
      runNeighbour(node);
      deaf.put("in", "hung");
      eventually(() -> assertThat(deaf.error().orElse("")).contains("in takes longer than PT1S", "interrupted"));
      node.ask("one");
      eventually(() -> assertThat(heard).containsExactly("one"));
      gate.release(100);
      eventually(() -> assertThat(heard).contains("hung"));
      eventually(() -> assertThat(deaf.error()).isEmpty());
    }
  }

  /* Its handlers may take a second. */
  private Node impatient() {
    return new Node(folder, ledger -> ledger, Node.NO_CALLS,
        new AutomationConfig("cloudbox", true, 1_000, Duration.ofSeconds(1), Map.of()));
  }

  @Test
  void whatTakesTooLongIsInterruptedAndToldSo() throws Exception {
    try (var limits = new TimeLimits()) {
      assertThatThrownBy(() -> limits.within(Duration.ofMillis(50), () -> {
        new CountDownLatch(1).await();
        return "never";
      })).isInstanceOf(TimeoutException.class).hasMessageContaining("took longer than PT0.05S and was interrupted");
      assertThat(Thread.interrupted()).isFalse();
      assertThat(limits.within(Duration.ofMinutes(1), () -> "next")).isEqualTo("next");
    }
  }

  @Test
  void templateThatDoesNotExistYetIsFollowedFromWhenItDoes() {
    try (var node = new Node(folder)) {
      var seen = new CountDownLatch(1);
      node.run("early", (env, events) -> events.ledger().created("Later:Bell").handle(event -> {
        seen.countDown();
        return Response.none();
      }));
      node.give("""
          package: { name: later, version: 1.0.0 }
          templates:
            Later:Bell:
              fields: { owner: Party }
              signatories: [owner]
          """);
      node.submit(node.bob, Command.create(TemplateId.parse("Later:Bell"),
          struct("owner", party(node.bob))));
      eventually(() -> assertThat(seen.getCount()).isZero());
    }
  }

  private void runNeighbour(Node node) {
    node.run("sound",
        (env, events) -> events.ledger().created(ContractModel.REQUEST).handle(event -> heard(event.contract())));
  }
}
