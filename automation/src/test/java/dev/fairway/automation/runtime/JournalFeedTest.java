package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.automation.sdk.JournalEvents.Order;
import dev.fairway.automation.sdk.Response;
import dev.fairway.core.journal.Event;
import dev.fairway.core.journal.NewEvent;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
class JournalFeedTest {
  private static final String ARRIVED = "port.ship.arrived";
  private static final String LEFT = "port.ship.left";
  private static final int FOLLOWED_AT_ONCE = 500;

  @TempDir
  private Path folder;

  private final List<String> told = new CopyOnWriteArrayList<>();

  @Test
  void inStrictOrderAnEventThatFailsHoldsBackAllLaterOnes() {
    try (var node = new Node(folder)) {
      run(node, Order.STRICT);
      voyages(node);
      eventually(() -> assertThat(told).hasSize(12));
      assertThat(told).containsExactly("arrived a1", "left a1", "arrived b1", "left b1", "arrived a2", "left a2",
          "arrived b2", "left b2", "arrived a3", "left a3", "arrived b3", "left b3");
    }
  }

  @Test
  void inOrderBySubjectAnEventThatFailsHoldsBackThoseOfItsSubject() {
    try (var node = new Node(folder)) {
      run(node, Order.BY_SUBJECT);
      voyages(node);
      eventually(() -> assertThat(told).hasSize(12));
      for (String ship : List.of("a", "b")) {
        assertThat(told).filteredOn(voyage -> voyage.contains(" " + ship)).containsExactly("arrived " + ship + "1",
            "left " + ship + "1", "arrived " + ship + "2", "left " + ship + "2", "arrived " + ship + "3",
            "left " + ship + "3");
      }
    }
  }

  @Test
  void subjectsAreStreamsOfTheirOwnUnlessTheOrderIsStrict() {
    Event a = arrival("a");
    Event b = arrival("b");
    assertThat(JournalFeed.stream(a, Order.BY_SUBJECT)).isPresent()
        .isNotEqualTo(JournalFeed.stream(b, Order.BY_SUBJECT))
        .isEqualTo(JournalFeed.stream(arrival("a"), Order.BY_SUBJECT));
    assertThat(JournalFeed.stream(a, Order.STRICT)).isPresent().isEqualTo(JournalFeed.stream(b, Order.STRICT));
    assertThat(JournalFeed.stream(a, Order.ANY)).isEmpty();
  }

  private static Event arrival(String ship) {
    return new Event(1, UUID.randomUUID(), ARRIVED, ship, Instant.EPOCH, "{}");
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void whileTheHandlerIsSlowTheJournalWaits(Order order) {
    var hold = new CountDownLatch(1);
    try (var node = new Node(folder)) {
      RunningIntegration slow = node.run("slow",
          (env, events) -> events.journal().on(ARRIVED, order, (event, attempt) -> {
            told.add(event.subject());
            hold.await();
            return Response.none();
          }));
      eventually(() -> assertThat(slow.ready()).isTrue());
      node.store.run(tx -> tx.append(new NewEvent(ARRIVED, "first", "{}")));
      eventually(() -> assertThat(told).containsExactly("first"));
      node.store.run(tx -> IntStream.range(0, 3_000)
          .forEach(ship -> tx.append(new NewEvent(ARRIVED, "ship " + ship, "{}"))));
      eventually(() -> assertThat(slow.lane().pending()).isEqualTo(Lane.QUEUE_SIZE));
      assertThat(kept(node, slow)).isLessThanOrEqualTo(1 + Lane.QUEUE_SIZE + FOLLOWED_AT_ONCE);
      hold.countDown();
    }
  }

  private static int kept(Node node, RunningIntegration integration) {
    return node.store.read(view -> {
      try (PreparedStatement statement = view.connection()
          .prepareStatement("SELECT count(*) FROM work WHERE kind = ?")) {
        statement.setString(1, integration.lanes().lane().name());
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          return row.getInt(1);
        }
      }
    });
  }

  @Test
  void integrationIsNotToldWhatConcernsAnother() {
    try (var node = new Node(folder)) {
      RunningIntegration mine = node.run("mine", (env, events) -> events.journal().on("request.rejected",
          (event, attempt) -> {
            told.add(event.subject());
            return Response.none();
          }));
      eventually(() -> assertThat(mine.ready()).isTrue());
      node.store.run(tx -> {
        tx.append(new NewEvent("request.rejected", "of another", "{\"integration\":\"other\"}"));
        tx.append(new NewEvent("request.rejected", "its own", "{\"integration\":\"mine\"}"));
      });
      eventually(() -> assertThat(told).isNotEmpty());
      assertThat(told).containsExactly("its own");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "exchange.message.received | 55    | {\"sender\":\"AU\"}                          | true",
      "port.ship.arrived         | ship  | no JSON at all                               | true",
      "plain                     | x     | {}                                           | true",
      "request.accepted          | c1    | {\"integration\":\"mine\"}                   | true",
      "request.accepted          | c1    | {\"integration\":\"other\"}                  | false",
      "request.accepted          | c1    | {}                                           | false",
      "request.accepted          | c1    | no JSON at all                               | false",
      "work.dead                 | w1    | {\"kind\":\"automation.mine.lane\"}          | true",
      "work.dead                 | w1    | {\"kind\":\"automation.mine-too.lane\"}      | false",
      "work.dead                 | w1    | {\"kind\":\"exchange.post\"}                 | false",
      "automation.integration.running | mine  | {\"name\":\"mine\"}                     | true",
      "automation.integration.running | other | {\"name\":\"other\"}                    | false",
      "automation.installed      | other | {\"name\":\"other\"}                         | false"})
  void rightsAreThoseOfTheIntegration(String type, String subject, String body, boolean allowed) {
    assertThat(new JournalRights("mine", HeardKinds.ALL)
        .allow(new Event(1, UUID.randomUUID(), type, subject, Instant.EPOCH, body))).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "port.ship.arrived | port.ship.arrived | true",
      "port.ship.*       | port.ship.arrived | true",
      "port.*            | port.ship.arrived | true",
      "*                 | port.ship.arrived | true",
      "port.ship.left    | port.ship.arrived | false",
      "port.sh           | port.ship.arrived | false",
      "port.ships.*      | port.ship.arrived | false",
      "request.*         | request.accepted  | false"})
  void operatorLeavesItLess(String pattern, String type, boolean allowed) {
    assertThat(new JournalRights("mine", new HeardKinds(List.of(pattern)))
        .allow(new Event(1, UUID.randomUUID(), type, "ship", Instant.EPOCH, "{}"))).isEqualTo(allowed);
  }

  @Test
  void whatItsOperatorDoesNotAllowIsNotTold() {
    var config = new AutomationConfig("cloudbox", true, 1_000, Duration.ofMinutes(5),
        Map.of("watch", new HeardKinds(List.of(LEFT))));
    try (var node = new Node(folder, ledger -> ledger, Node.NO_CALLS, config)) {
      run(node, Order.STRICT);
      voyages(node);
      eventually(() -> assertThat(told).hasSize(6));
      assertThat(told).containsExactly("left a1", "left b1", "left a2", "left b2", "left a3", "left b3");
    }
  }

  /* Fails at the first try of each ship's first arrival. */
  private void run(Node node, Order order) {
    RunningIntegration watch = node.run("watch", (env, events) -> {
      events.journal().on(ARRIVED, order, (event, attempt) -> {
        if (event.body().equals("1") && attempt.number() == 1) {
          throw new IllegalStateException("not now");
        }
        told.add("arrived " + event.subject() + event.body());
        return Response.none();
      });
      events.journal().on(LEFT, order, (event, attempt) -> {
        told.add("left " + event.subject() + event.body());
        return Response.none();
      });
    });
    eventually(() -> assertThat(watch.ready()).isTrue());
  }

  private static void voyages(Node node) {
    IntStream.rangeClosed(1, 3).forEach(voyage -> node.store.run(tx -> {
      for (String ship : List.of("a", "b")) {
        tx.append(new NewEvent(ARRIVED, ship, Integer.toString(voyage)));
        tx.append(new NewEvent(LEFT, ship, Integer.toString(voyage)));
      }
    }));
  }
}
