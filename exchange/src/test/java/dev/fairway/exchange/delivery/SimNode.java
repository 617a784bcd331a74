package dev.fairway.exchange.delivery;

import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.MessageRef;
import dev.fairway.core.work.Delivery;
import dev.fairway.core.work.WorkQueue;
import dev.fairway.exchange.message.MessageForm;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.message.StoredMessage;
import dev.fairway.exchange.routing.Routing;
import dev.fairway.exchange.routing.RoutingTable;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.testing.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The message's way of one node, without its servers, moved step by step by a test. */
final class SimNode implements AutoCloseable {
  final SqlStore store;
  final Messages messages;
  final Ports ports;
  final Workers workers;
  final Map<String, Observer> observers = new LinkedHashMap<>();
  private final Handlers handlers = new Handlers();

  SimNode(Path folder, Jurisdiction own, TestClock clock, List<Rule> rules, List<ChannelPort> channels) {
    this(SqlStore.open(new StorageConfig.Embedded(folder), clock, List.of("exchange")), own, clock, rules, channels,
        new Random());
  }

  /**
   * @param store closed with the node
   * @param jitter decides how long failed work waits
   */
  SimNode(SqlStore store, Jurisdiction own, TestClock clock, List<Rule> rules, List<ChannelPort> channels,
      Random jitter) {
    this.store = store;
    messages = new Messages(store, own, Works.ROUTE);
    ports = new Ports(channels);
    Inbound inbound = new Inbound(own);
    handlers.add(Works.ROUTE, new Route(store, new Routing(new RoutingTable(1, rules)), ports, clock))
        .add(Works.POST, new Post(store, ports, clock))
        .add(Works.TRACK, new Track(store, ports, clock, Duration.ofHours(1)))
        .add(Works.RETRIEVE, new Retrieve(ports, inbound, clock));
    for (ChannelPort port : channels) {
      observers.put(port.id(), new Observer(store, port, inbound, own, clock, Duration.ofSeconds(30)));
    }
    workers = new Workers(store.work(), handlers, clock, new WorkersConfig(1, Duration.ofSeconds(10)))
        .withJitter(jitter);
  }

  MessageRef accept(Message message, String ref) {
    return switch (messages.accept(new MessageForm(message, Optional.of(ref), 5, false), Optional.empty(), "test")) {
      case Messages.Intake.Taken(var taken, _) -> taken;
      case Messages.Intake.Clash(var other) -> throw new AssertionError("taken for another message: " + other);
    };
  }

  StoredMessage find(MessageRef ref) {
    return messages.find(ref).orElseThrow(() -> new AssertionError("no message " + ref));
  }

  /** Takes one piece of work, does it, and dies before the outcome is written. False when nothing was due. */
  boolean die() throws Exception {
    List<WorkQueue.Demand> demands = handlers.all().stream()
        .map(handling -> new WorkQueue.Demand(handling.kind().name(), 1, Duration.ofSeconds(30))).toList();
    List<WorkQueue.Lease> leases = store.work().lease(demands, 1);
    for (WorkQueue.Lease lease : leases) {
      handle(handlers.find(lease.kind()).orElseThrow(), lease);
    }
    return !leases.isEmpty();
  }

  private static <P> void handle(Handlers.Handling<P> handling, WorkQueue.Lease lease) throws Exception {
    handling.handler().run(new Delivery<>(lease.id(), handling.kind(), lease.key(),
        handling.kind().codec().decode(lease.payload()), lease.attempt(), lease.previous(), lease.enqueuedAt(), false));
  }

  @Override
  public void close() {
    workers.close();
    store.close();
  }
}
