package dev.fairway.websub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.websub.hub.Publication;
import dev.fairway.websub.hub.Subscription;
import dev.fairway.websub.topic.Topic;
import dev.fairway.websub.wire.SecretSeal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is told what, how often, and at whose cost. */
class DistributionTest {
  private final Callbacks outside = new Callbacks();
  private final SecretSeal seal = new SecretSeal(List.of(SecretSeal.newKey()));
  private Path folder;
  private Node node;

  @BeforeEach
  void start(@TempDir Path temporary) {
    folder = temporary;
    node = new Node(folder, false, seal);
  }

  @AfterEach
  void stop() {
    node.close();
    outside.close();
  }

  @Test
  void onlySubscribersOfTheTopicAreTold() {
    node.subscribe("UN.CEFACT.*", outside.url("prefix"));
    node.subscribe("UN.CEF.*", outside.url("stem"));
    node.subscribe("message", outside.url("other"));
    node.tell("un.cefact.trade.created", "{\"n\":1}");
    node.settle();
    assertThat(outside.told("prefix")).singleElement()
        .satisfies(told -> assertThat(told.body()).isEqualTo("{\"n\":1}"));
    assertThat(outside.told("stem")).isEmpty();
    assertThat(outside.told("other")).isEmpty();
  }

  @Test
  void callbackIsToldOnceHoweverManyOfItsSubscriptionsMatch() {
    node.subscribe("*", outside.url("cb"));
    node.subscribe("a.*", outside.url("cb"));
    node.subscribe("a.b", outside.url("cb"), "hub.secret", "narrowest");
    node.tell("a.b.c", "{}");
    node.settle();
    assertThat(outside.told("cb")).singleElement()
        .satisfies(told -> assertThat(told.header("X-Hub-Signature")).isPresent());
  }

  @Test
  void eventToldUnderTwoTopicsHasTwoNames() {
    node.subscribe("*", outside.url("one"));
    node.subscribe("*", outside.url("two"));
    node.tell(List.of(Publication.json("a.fat", "{\"fat\":1}"), Publication.json("a.light", "{}")));
    node.settle();
    List<String> one = names("one");
    assertThat(one).hasSize(2).doesNotHaveDuplicates();
    assertThat(names("two")).containsExactlyInAnyOrderElementsOf(one);
  }

  private List<String> names(String callback) {
    return outside.told(callback).stream().map(told -> told.header("X-IGL-Event-Id").orElseThrow()).toList();
  }

  @Test
  void whatIsToldRightAfterAConfirmationIsToldToTheNewSubscriber() {
    node.request("subscribe", "a", outside.url("cb"));
    node.workers.runAll();
    node.tell("a", "{}");
    node.settle();
    assertThat(outside.told("cb")).hasSize(1);
  }

  @Test
  void whatWasToldBeforeTheHubStoppedIsDeliveredAfterARestartOnce() {
    node.subscribe("a", outside.url("cb"));
    node.tell("a", "{\"n\":1}");
    node.follow();
    node.close();
    node = new Node(folder, false, seal);
    node.tell("a", "{\"n\":2}");
    node.settle();
    assertThat(outside.told("cb")).extracting(Callbacks.Seen::body).containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":2}");
  }

  @Test
  void newestContentOfATopicIsTheNewestBelowIt() {
    node.tell("m.1.received", "{\"n\":1}");
    node.tell("m.2.received", "{\"n\":2}");
    node.tell("mm.3", "{\"n\":3}");
    node.follow();
    assertThat(node.hub.latest(new Topic("m.1.received")).orElseThrow().body()).isEqualTo("{\"n\":1}");
    assertThat(node.hub.latest(new Topic("M.*")).orElseThrow().body()).isEqualTo("{\"n\":2}");
    assertThat(node.hub.latest(Topic.EVERYTHING).orElseThrow().body()).isEqualTo("{\"n\":3}");
    assertThat(node.hub.latest(new Topic("m.3"))).isEmpty();
    node.clock.advance(Duration.ofDays(8));
    node.settle();
    assertThat(node.hub.latest(Topic.EVERYTHING)).isEmpty();
  }

  @Test
  void hangingCallbackDoesNotDelayAHundredOthers() {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    outside.when("POST", "hanging", call -> {
      hanging.incrementAndGet();
      release.await(90, TimeUnit.SECONDS);
      call.empty(204);
    });
    node.subscribe("*", outside.url("hanging"));
    for (int i = 0; i < 100; i++) {
      node.request("subscribe", "a", outside.url("well" + i));
    }
    node.settle();
    for (int n = 0; n < 50; n++) {
      node.tell("before", "{\"n\":" + n + "}");
    }
    node.tell("a", "{}");
    node.follow();
    node.workers.start();
    await().atMost(Duration.ofSeconds(60)).until(() -> told("well", 100) == 100);
    // All this while the one callback still hangs, with no more calls than its gate lets through.
    assertThat(release.getCount()).isOne();
    assertThat(hanging.get()).isBetween(1, 8);
    release.countDown();
  }

  private int told(String prefix, int callbacks) {
    int all = 0;
    for (int i = 0; i < callbacks; i++) {
      all += outside.told(prefix + i).size();
    }
    return all;
  }

  @Test
  void failingCallbackIsPausedAndItsSubscriptionIsKept() {
    outside.when("POST", "cb", call -> call.empty(500));
    node.subscribe("a", outside.url("cb"));
    for (int n = 0; n < 40; n++) {
      node.tell("a", "{\"n\":" + n + "}");
    }
    node.settle();
    int first = outside.told("cb").size();
    assertThat(first).isLessThanOrEqualTo(8);
    outside.when("POST", "cb", call -> call.empty(204));
    for (int minutes = 0; minutes < 240 && outside.told("cb").size() < first + 40; minutes++) {
      node.clock.advance(Duration.ofMinutes(1));
      node.settle();
    }
    assertThat(outside.told("cb").stream().skip(first).map(Callbacks.Seen::body).distinct()).hasSize(40);
    assertThat(node.hub.list(Optional.empty(), "", 10)).singleElement().extracting(Subscription::failures).isEqualTo(0);
  }
}
