package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static dev.fairway.core.ledger.LedgerValue.struct;
import static dev.fairway.core.ledger.LedgerValue.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.sdk.Response;
import dev.fairway.core.FairwayException;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.ledger.Command;
import dev.fairway.store.WorkOverview;
import dev.fairway.testing.ledger.ContractModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class IntegrationTest {
  @TempDir
  private Path folder;
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @Test
  void contractBecomesACommandBecomesAContract() {
    try (var node = new Node(folder)) {
      node.ask("before");
      node.run("greeter", (env, events) -> events.ledger().created(ContractModel.REQUEST)
          .handle(event -> Response.commands(Command.exercise(event.contract(), "Accept",
              struct("answer", text((event.initial() ? "old " : "new ") + event.contract().payload().text("text")))))));
      eventually(() -> assertThat(node.answers()).containsExactly("old before"));
      node.ask("after");
      eventually(() -> assertThat(node.answers()).containsExactly("old before", "new after"));
    }
  }

  @Test
  void ownLedgerTakesCommandsInTheWriteThatEndsTheDelivery() {
    try (var node = new Node(folder)) {
      node.run("greeter", (env, events) -> events.ledger().created(ContractModel.REQUEST).handle(event -> Response
          .commands(
              Command.exercise(event.contract(), "Accept", struct("answer", event.contract().payload().get("text"))))));
      node.ask("one");
      eventually(() -> assertThat(node.answers()).containsExactly("one"));
      // Whoever sees the answer sees the delivery settled, and nothing on its way.
      assertThat(new WorkOverview(node.store).counts())
          .noneMatch(waiting -> waiting.kind().startsWith("automation.greeter.")
              || waiting.kind().equals(Outbox.SUBMIT.name()));
    }
  }

  @Test
  void restartGoesOnWhereItStopped() {
    try (var node = new Node(folder)) {
      node.ask("one");
      node.run("watcher", (env, events) -> events.ledger().created("*").handle(event -> {
        seen.add(event.contract().payload().text("text"));
        return Response.none();
      }));
      eventually(() -> assertThat(seen).containsExactly("one"));
    }
    try (var node = new Node(folder)) {
      node.ask("two");
      node.run("watcher", (env, events) -> {
        events.ledger().created("*").handle(event -> {
          seen.add(event.contract().payload().text("text"));
          return Response.none();
        });
        events.ledger().created("*").handle(event -> {
          seen.add("late " + event.contract().payload().text("text"));
          return Response.none();
        });
      });
      // The handler that is new in this version is told of everything, the other of nothing twice.
      eventually(() -> assertThat(seen).containsExactlyInAnyOrder("one", "two", "late one", "late two"));
    }
  }

  @Test
  void archiveIsToldWithTheContractAsItWas() {
    try (var node = new Node(folder)) {
      node.ask("short-lived");
      node.run("watcher", (env, events) -> events.ledger().archived(ContractModel.REQUEST)
          .matching(payload -> payload.text("text").startsWith("short")).handle(event -> {
            seen.add(event.contract().orElseThrow().payload().text("text"));
            return Response.none();
          }));
      eventually(() -> assertThat(node.automation.find("watcher").orElseThrow().ready()).isTrue());
      node.ask("other");
      node.active(node.alice, ContractModel.REQUEST)
          .forEach(request -> node.submit(node.alice, Command.archive(request)));
      eventually(() -> assertThat(seen).containsExactly("short-lived"));
    }
  }

  @Test
  void transactionIsToldBeforeAndAfterItsContracts() {
    try (var node = new Node(folder)) {
      node.run("watcher", (env, events) -> {
        events.ledger().init(() -> {
          seen.add("init");
          return Response.none();
        });
        events.ledger().ready(() -> {
          seen.add("ready");
          return Response.none();
        });
        events.ledger().transactionStart(t -> {
          seen.add("begin " + t.events().size());
          return Response.none();
        });
        events.ledger().created("*").handle(event -> {
          seen.add(event.contract().payload().text("text"));
          return Response.none();
        });
        events.ledger().transactionEnd(t -> {
          seen.add("end");
          return Response.none();
        });
      });
      eventually(() -> assertThat(seen).containsExactly("init", "ready"));
      node.submit(node.alice, Command.create(Node.REQUEST, Node.request(node.alice, node.bob, "a")),
          Command.create(Node.REQUEST, Node.request(node.alice, node.bob, "b")));
      node.ask("c");
      eventually(() -> assertThat(seen).containsExactly("init", "ready", "begin 2", "a", "b", "end", "begin 1", "c",
          "end"));
    }
  }

  @Test
  void timerExercisesAChoiceAndQueueIsHandled() {
    try (var node = new Node(folder)) {
      node.ask("tick me");
      node.run("timer", (env, events) -> {
        events.time().every(Duration.ofMillis(50), "beat", () -> {
          env.queue().put("beats", "beat");
          return Response.none();
        });
        events.queue().messages("beats", (message, attempt) -> {
          seen.add(message);
          return seen.size() == 1
              ? Response.commands(node.active(env.party(), ContractModel.REQUEST).stream()
                  .map(c -> Command.exercise(c, "Accept", struct("answer", text("ticked")))).toArray(Command[]::new))
              : Response.none();
        });
      });
      eventually(() -> assertThat(node.answers()).containsExactly("ticked"));
      eventually(() -> assertThat(seen).hasSizeGreaterThan(3));
    }
  }

  @Test
  void timerThatOverrunsHasOneTickWaitingAndCountsWhatItMissed() {
    try (var node = new Node(folder)) {
      var ticks = new AtomicInteger();
      RunningIntegration running = node.run("slow", (env, events) -> events.time().every(Duration.ofMillis(10), "drum",
          () -> {
            if (ticks.incrementAndGet() == 1) {
              assertThat(new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS)).isFalse();
            }
            return Response.none();
          }));
      eventually(() -> assertThat(ticks).hasValueGreaterThan(1));
      // Of the thirty that came meanwhile at most one was waiting; the others are counted and not made up for.
      eventually(() -> assertThat(running.lane().missedTicks()).isGreaterThanOrEqualTo(20));
      assertThat(String.valueOf(StatusDocument.of(running, "").get("event_queue"))).contains("missed_ticks=");
    }
  }

  @Test
  void queueTellsTheProducerWhenItIsFullOrUnknown() throws Exception {
    try (var node = new Node(folder)) {
      var hold = new CountDownLatch(1);
      var running = node.run("full", (env, events) -> {
        events.queue().messages((message, attempt) -> {
          hold.await(20, TimeUnit.SECONDS);
          return Response.none();
        });
        events.task("producer", () -> {
          assertThatThrownBy(() -> env.queue().put("nowhere", "x")).isInstanceOf(FairwayException.class)
              .hasMessageContaining("Unknown queue: nowhere");
          try {
            for (int i = 0; i < Lane.QUEUE_SIZE + Lanes.ROW + 10; i++) {
              env.queue().put(Integer.toString(i));
            }
          } catch (FairwayException e) {
            seen.add(e.code().toString());
          }
          new CountDownLatch(1).await();
        });
      });
      eventually(() -> assertThat(seen).containsExactly("BUSY"));
      assertThat(running.lane().skipped()).isEqualTo(1);
      hold.countDown();
    }
  }

  @Test
  void tickDoesNotWaitBehindRowOfMessages() {
    try (var node = new Node(folder)) {
      RunningIntegration messages = node.run("messages", (env, events) -> events.queue()
          .messages((message, attempt) -> Response.none()));
      RunningIntegration both = node.run("both", (env, events) -> {
        events.queue().messages((message, attempt) -> Response.none());
        events.time().every(Duration.ofMinutes(1), "tick", () -> Response.none());
      });
      assertThat(messages.lanes().lane().row()).isEqualTo(Lanes.ROW);
      assertThat(both.lanes().lane().row()).isEqualTo(1);
    }
  }

  @Test
  void poisonContractIsSetAsideAndHoldsUpNobody() {
    try (var node = new Node(folder)) {
      node.run("picky", (env, events) -> events.ledger().created(ContractModel.REQUEST).attempts(1).handle(event -> {
        String text = event.contract().payload().text("text");
        if (text.equals("poison")) {
          throw new StackOverflowError("poison");
        }
        return Response.commands(Command.exercise(event.contract(), "Accept", struct("answer", text(text))));
      }));
      node.ask("poison");
      node.ask("fine");
      eventually(() -> assertThat(node.answers()).containsExactly("fine"));
      eventually(() -> assertThat(node.store.journal().about("automation.picky.created-request-1", 10)).isNotNull());
    }
  }

  @Test
  void refusedCommandsAreToldToTheHandler() {
    try (var node = new Node(folder)) {
      node.run("bold", (env, events) -> events.ledger().created(ContractModel.REQUEST)
          .onRejected((event, why) -> {
            seen.add(why.reason() + " " + event.contract().payload().text("text"));
            return Response.none();
          }).handle(event -> Response.commands(Command.exercise(event.contract(), "Cancel", struct()))));
      node.ask("mine");
      eventually(() -> assertThat(seen).containsExactly("FORBIDDEN mine"));
    }
  }

  @Test
  void taskThatFailsIsStartedAgain() {
    try (var node = new Node(folder)) {
      var starts = new AtomicInteger();
      node.run("stubborn", (env, events) -> events.task("socket", () -> {
        if (starts.incrementAndGet() < 2) {
          throw new IllegalStateException("connection lost");
        }
        new CountDownLatch(1).await();
      }));
      eventually(() -> assertThat(starts).hasValue(2));
    }
  }

  @Test
  void whatItHoldsIsGivenBackWhenItStopsAfterItsTasksHaveEnded() {
    try (var node = new Node(folder)) {
      var told = new CopyOnWriteArrayList<String>();
      RunningIntegration holder = node.run("holder", (env, events) -> {
        events.task("socket", () -> {
          try {
            new CountDownLatch(1).await();
          } finally {
            told.add("task ended");
          }
        });
        events.onStop(() -> {
          told.add("first");
          throw new IllegalStateException("was not there any more");
        });
        events.onStop(() -> told.add("second"));
      });
      eventually(() -> assertThat(holder.ready()).isTrue());
      assertThat(told).isEmpty();
      node.automation.stop("holder");
      assertThat(told).endsWith("first", "second").hasSizeBetween(2, 3);
    }
  }

  @Test
  void startThatAnotherOvertookGivesBackWhatItHolds() {
    try (var node = new Node(folder)) {
      var starts = new AtomicInteger();
      var givenBack = new CopyOnWriteArrayList<Integer>();
      assertThatThrownBy(() -> node.run("twin", (env, events) -> {
        int start = starts.incrementAndGet();
        events.onStop(() -> givenBack.add(start));
        if (start == 1) {
          node.automation.start(new IntegrationConfig("twin", "twin", node.bob, Map.of()));
        }
      })).isInstanceOf(FairwayException.class).hasMessageContaining("twin is running");
      assertThat(givenBack).containsExactly(1);
      assertThat(node.automation.find("twin")).isPresent();
    }
  }

  @Test
  void handlerThatFailsForAWhileIsTriedAgain() {
    try (var node = new Node(folder)) {
      var tries = new AtomicInteger();
      node.run("patient", (env, events) -> events.ledger().created(ContractModel.REQUEST).handle(event -> {
        if (tries.incrementAndGet() < 3) {
          throw new IllegalStateException("service down");
        }
        return Response.commands(Command.exercise(event.contract(), "Accept",
            struct("answer", text("attempt " + event.attempt().number()))));
      }));
      node.ask("please");
      eventually(() -> assertThat(node.answers()).containsExactly("attempt 3"));
    }
  }

  @Test
  void eventsOfTheJournalComeOnceAlsoWhatHappenedWhileTheIntegrationWasDown() {
    try (var node = new Node(folder)) {
      Runnable start = () -> node.run("news", (env, events) -> events.journal().on("port.ship.arrived",
          (told, attempt) -> {
            if (told.body().equals("2") && attempt.number() == 1) {
              throw new IllegalStateException("not now");
            }
            return Response.commands(Command.create(Node.REQUEST, Node.request(node.bob, node.alice,
                told.subject() + " " + told.body())));
          }));
      start.run();
      eventually(() -> assertThat(node.automation.running()).allMatch(RunningIntegration::ready));
      tell(node, "1");
      tell(node, "2");
      eventually(() -> assertThat(arrivals(node)).containsExactlyInAnyOrder("ship 1", "ship 2"));
      node.automation.stop("news");
      tell(node, "3");
      start.run();
      tell(node, "4");
      eventually(() -> assertThat(arrivals(node)).hasSize(4));
      assertThat(arrivals(node)).containsExactlyInAnyOrder("ship 1", "ship 2", "ship 3", "ship 4");
    }
  }

  @Test
  void timersAndQueuesMayHaveAnyName() {
    try (var node = new Node(folder)) {
      node.run("named", (env, events) -> {
        events.time().every(Duration.ofMillis(50), "fünf. \"nach\" " + "12 ".repeat(100), () -> {
          env.queue().put("größe.xl", "message");
          return Response.commands(
              Command.create(Node.REQUEST, Node.request(node.bob, node.alice, "tick")));
        });
        events.queue().messages("größe.xl", (message, attempt) -> Response.commands(
            Command.create(Node.REQUEST, Node.request(node.bob, node.alice, message))));
      });
      eventually(() -> assertThat(arrivals(node)).contains("tick", "message"));
    }
  }

  private static void tell(Node node, String body) {
    node.store.run(tx -> {
      tx.append(new NewEvent("port.ship.left", "ship", body));
      tx.append(new NewEvent("port.ship.arrived", "ship", body));
    });
  }

  private static List<String> arrivals(Node node) {
    return node.active(node.bob, ContractModel.REQUEST).stream().map(c -> c.payload().text("text")).toList();
  }
}
