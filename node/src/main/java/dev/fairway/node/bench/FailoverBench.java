package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.ChannelMessage;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.Observation;
import dev.fairway.exchange.channel.HttpChannel;
import dev.fairway.exchange.channel.HttpChannelConfig;
import dev.fairway.exchange.channel.MediumHome;
import dev.fairway.exchange.channel.SharedDatabaseChannel;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.delivery.Ports;
import dev.fairway.exchange.delivery.Post;
import dev.fairway.exchange.delivery.Route;
import dev.fairway.exchange.delivery.Works;
import dev.fairway.exchange.message.MessageForm;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Routing;
import dev.fairway.exchange.routing.RoutingTable;
import dev.fairway.exchange.routing.Rule;
import dev.fairway.node.pair.NodePair;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.WorkOverview;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Whether messages keep flowing when the channel they would rather take is dead. */
final class FailoverBench {
  private static final Jurisdiction AU = new Jurisdiction(NodePair.AU);
  private static final Jurisdiction SG = new Jurisdiction(NodePair.SG);
  private static final Set<Jurisdiction> BOTH = Set.of(AU, SG);
  private static final int AT_ONCE = 64;
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Clock CLOCK = Clock.systemUTC();

  private final Path home;
  private final int messages;

  FailoverBench(Path home, int messages) {
    this.home = home;
    this.messages = messages;
  }

  Figure run() throws IOException, InterruptedException {
    run("warm", List.of("live"));
    Flow healthy = run("healthy", List.of("live"));
    Flow past = run("past", List.of("dead", "live"));
    return Figure.atLeast(
        "messages past a dead channel, from the first that came through, %d twice, against none dead"
            .formatted(past.duplicates),
        past.toString(), healthy.toString(), past.duplicates > 0 ? 0 : past.perSecond() / healthy.perSecond(), 0.8);
  }

  private record Flow(int messages, long duplicates, double seconds) {
    double perSecond() {
      return messages / seconds;
    }

    @Override
    public String toString() {
      return "%.0f messages/s".formatted(perSecond());
    }
  }

  private Flow run(String name, List<String> channels) throws IOException, InterruptedException {
    MediumHome medium = new MediumHome.Folder(home.resolve("medium-" + name));
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(home.resolve("node-" + name)), CLOCK,
            List.of("exchange"));
        OutboundClient client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
        HttpChannel dead = new HttpChannel(client, new HttpChannelConfig(nobodyThere(), Optional.empty(), true), CLOCK);
        SharedDatabaseChannel live = new SharedDatabaseChannel(medium, AU, BOTH, CLOCK);
        SharedDatabaseChannel receiver = new SharedDatabaseChannel(medium, SG, BOTH, CLOCK)) {
      Ports ports = new Ports(List.of(new ChannelPort("dead", dead, BOTH, ChannelPort.Uncertain.HOLD, false),
          new ChannelPort("live", live, BOTH, ChannelPort.Uncertain.HOLD, false)));
      Rule rule = Rule.to("all", Match.ANY, channels);
      Handlers handlers = new Handlers()
          .add(Works.ROUTE, new Route(store, new Routing(new RoutingTable(1, List.of(rule))), ports, CLOCK))
          .add(Works.POST, new Post(store, ports, CLOCK));
      try (Workers workers = new Workers(store.work(), handlers, CLOCK, WorkersConfig.DEFAULT).start()) {
        return send(store, receiver);
      }
    }
  }

  /** Hands everything in while it is on its way, and counts what comes out from the first on. */
  private Flow send(SqlStore store, SharedDatabaseChannel receiver) throws InterruptedException {
    Messages door = new Messages(store, AU, Works.ROUTE);
    try (ExecutorService senders = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      for (int i = 0; i < messages; i++) {
        String ref = "m" + i;
        senders.execute(() -> door.accept(
            new MessageForm(new Message(AU, SG, "subject", "object", "a.b.c"), Optional.of(ref), 5, false),
            Optional.empty(), "bench"));
      }
      Arrivals arrivals = new Arrivals(receiver);
      arrivals.await(1);
      int before = arrivals.refs.size();
      long begin = System.nanoTime();
      arrivals.await(messages);
      double seconds = (System.nanoTime() - begin) / 1e9;
      awaitNothingToPost(store);
      arrivals.readOn();
      return new Flow(messages - before, arrivals.seen - arrivals.refs.size(), seconds);
    }
  }

  /* A message that has arrived may still be posted a second time. */
  private static void awaitNothingToPost(SqlStore store) throws InterruptedException {
    WorkOverview work = new WorkOverview(store);
    Set<String> kinds = Set.of(Works.ROUTE.name(), Works.POST.name());
    long end = System.nanoTime() + LIMIT.toNanos();
    while (work.counts().stream()
        .anyMatch(one -> kinds.contains(one.kind()) && one.state() != WorkOverview.State.DEAD)) {
      if (System.nanoTime() > end) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "there is posting left after " + LIMIT);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** What the receiver's end of the medium shows. */
  private static final class Arrivals {
    private final SharedDatabaseChannel receiver;
    private final Set<String> refs = new HashSet<>();
    private long seen;
    private String cursor = "";

    Arrivals(SharedDatabaseChannel receiver) {
      this.receiver = receiver;
    }

    void await(int wanted) throws InterruptedException {
      long end = System.nanoTime() + LIMIT.toNanos();
      while (refs.size() < wanted) {
        if (System.nanoTime() > end) {
          throw new FairwayException(ErrorCode.PEER_FAILED,
              refs.size() + " of " + wanted + " messages arrived within " + LIMIT);
        }
        if (!readPage()) {
          TimeUnit.MILLISECONDS.sleep(5);
        }
      }
    }

    /** Reads what there is. */
    void readOn() {
      boolean more = true;
      while (more) {
        more = readPage();
      }
    }

    /* Whether there is more at once. */
    private boolean readPage() {
      Observation page = receiver.observe(SG, cursor, 1_000);
      for (ChannelMessage message : page.messages()) {
        seen++;
        refs.add(message.senderRef().orElse(message.id()));
      }
      cursor = page.next();
      return page.more();
    }
  }

  /** An address that was somebody's a moment ago. */
  private static URI nobodyThere() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
    }
  }
}
