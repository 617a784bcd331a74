package dev.fairway.node;

import dev.fairway.automation.installed.Installations;
import dev.fairway.automation.installed.IntegrationsApi;
import dev.fairway.automation.installed.LedgersApi;
import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.automation.runtime.Outside;
import dev.fairway.automation.runtime.RequestBook;
import dev.fairway.automation.runtime.RequestDesk;
import dev.fairway.automation.runtime.RequestsApi;
import dev.fairway.automation.shipped.ShippedIntegrations;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.oauth.TokenKeeper;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.console.Absence;
import dev.fairway.console.Console;
import dev.fairway.console.ConsolePage;
import dev.fairway.console.page.AuditPage;
import dev.fairway.console.page.ChannelsPage;
import dev.fairway.console.page.DeadLettersPage;
import dev.fairway.console.page.DocumentsPage;
import dev.fairway.console.page.IntegrationsPage;
import dev.fairway.console.page.JournalPage;
import dev.fairway.console.page.MarketPage;
import dev.fairway.console.page.MessagesPage;
import dev.fairway.console.page.OverviewPage;
import dev.fairway.console.page.RequestsPage;
import dev.fairway.console.page.SubscriptionsPage;
import dev.fairway.console.page.WorkPage;
import dev.fairway.core.Secret;
import dev.fairway.core.blob.Blobs;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.exchange.Exchange;
import dev.fairway.node.config.KeptKey;
import dev.fairway.node.joint.JointIntegrations;
import dev.fairway.node.management.JournalDoor;
import dev.fairway.node.management.WorkDoor;
import dev.fairway.store.Audit;
import dev.fairway.store.DeadLetters;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.WorkGauges;
import dev.fairway.store.WorkOverview;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import dev.fairway.web.Authenticator;
import dev.fairway.web.BackgroundCheck;
import dev.fairway.web.ClientTls;
import dev.fairway.web.DevAuthenticator;
import dev.fairway.web.Door;
import dev.fairway.web.Health;
import dev.fairway.web.JwtAuthenticator;
import dev.fairway.web.JwtConfig;
import dev.fairway.web.Listeners;
import dev.fairway.web.OpenApi;
import dev.fairway.web.Probes;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import dev.fairway.websub.wire.SecretSeal;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node. {@link #start} is the map of the product: constructors in the order of what needs what, each part closed in
 * reverse when the node stops, or does not come up.
 */
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** The rooms that keep tables. */
  static final List<String> ROOMS = Stream
      .concat(Exchange.ROOMS.stream(), Stream.of("automation", "connectors", "evm", "datatrust")).toList();

  private static final Duration TAKE_OVER = Duration.ofSeconds(2);

  private final Parts parts;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Listeners listeners;

  private Node(NodeConfig config, Parts parts) {
    this.parts = parts;
    Clock clock = Clock.systemUTC();
    String own = config.jurisdiction().code();
    PrometheusMeterRegistry meters = parts.keep(new Meters()).registry();
    SqlStore store = parts.keep(SqlStore.open(config.storage(), clock, ROOMS, meters));
    BlobHomes homes = parts.keep(new BlobHomes(config));
    Blobs blobs = homes.in("blobs");
    OutboundConfig unnamed = OutboundConfig.defaults();
    OutboundConfig named = config.partnerTls()
        .map(tls -> unnamed.withTls(parts.keep(new ClientTls(tls)).context())).orElse(unnamed);
    OutboundClient toPartners = parts.keep(new OutboundClient(named, EgressPolicy.trusting()));
    OutboundClient toStrangers = parts.keep(new OutboundClient(unnamed, egress(config)));
    Handlers handlers = new Handlers();

    Secret sealingKey = config.sealingKey()
        .orElseGet(() -> KeptKey.of(config.dir(), "sealing.key", SecretSeal::newKey));
    SecretSeal seal = new SecretSeal(List.of(sealingKey));
    Chains chains = parts.keep(new Chains(store));
    Exchange exchange = parts.keep(
        new Exchange(config.exchange().toConfig(config.jurisdiction(), toPartners, chains, config::signingKey, clock),
            new Exchange.Parts(store, blobs, handlers, toPartners, toStrangers, seal, meters, this::url, clock)));

    Map<String, Ledger> others = new LinkedHashMap<>();
    config.automation().ledgers().forEach((name, ledger) -> others.put(name, parts.keep(ledger.apply(clock))));
    Ledgers ledgers = Ledgers.of(new StoreLedger(store, List.of()), others);
    Automation automation = parts.keep(new Automation(store, handlers, ledgers, new Outside(toStrangers), clock,
        config.automation().config()));
    ShippedIntegrations.types().forEach(automation::offer);
    JointIntegrations.types(exchange).forEach(automation::offer);
    Installations installations = new Installations(store, blobs, config.dir().resolve("packages"), automation);

    Connectors connectors = parts.keep(new Connectors(store, config.dir().resolve("collections"),
        config.connectors(), Sealed.fromEnvironment(System.getenv(), clock), clock, ledgers::find,
        new TokenKeeper(store, sealingKey, toStrangers, clock)));

    Markets markets = parts.keep(new Markets(config.datatrust(),
        new Markets.Ground(store, homes, handlers, chains, sealingKey, meters)));

    Authenticator authenticator = authenticator(config, toPartners, clock);
    Health health = health(store, homes, config.bucket().isPresent());
    WorkOverview overview = new WorkOverview(store);
    DeadLetters letters = new DeadLetters(store, handlers);
    Audit audit = new Audit(store);
    RequestBook requests = new RequestBook(store);
    RequestDesk requestDesk = new RequestDesk(automation, store, letters);
    requestDesk.registerWith(handlers);
    List<ConsolePage> pages = new ArrayList<>(
        List.of(new OverviewPage(health, overview, letters, store.journal(), clock),
            new MessagesPage(exchange.messages(), store.journal(), clock),
            new DocumentsPage(exchange.documents(), clock), new ChannelsPage(exchange, clock),
            new SubscriptionsPage(List.of(exchange.hub()), clock),
            new IntegrationsPage(installations, overview, clock)));
    pages.add(new RequestsPage(requests, requestDesk, letters, clock));
    markets.all().forEach(market -> pages.add(new MarketPage(market, clock)));
    pages.addAll(List.of(new WorkPage(overview, clock), new DeadLettersPage(letters, clock),
        new JournalPage(store.journal(), clock), new AuditPage(audit, clock)));
    List<Absence> absences = markets.all().isEmpty() ? List.of(MarketPage.ABSENCE) : List.of();
    Console console = new Console(own, pages, absences, store.journal(), authenticator);

    List<Door> doors = new ArrayList<>(exchange.doors());
    doors.addAll(automation.doors());
    doors.add(new RequestsApi(requests, requestDesk).door());
    doors.add(new IntegrationsApi(installations, automation).door());
    doors.add(new LedgersApi(ledgers, store).door());
    doors.addAll(connectors.doors());
    doors.addAll(markets.doors());
    doors.add(new JournalDoor(store.journal(), own).door());
    doors.add(new WorkDoor(overview, letters, audit).door());
    WorkGauges work = new WorkGauges(overview, meters);
    RequestGauges requestGauges = new RequestGauges(requests, meters);
    Door probes = Probes.door(health, meters, () -> {
      work.refresh();
      requestGauges.refresh();
      exchange.gauges().refresh();
    });
    doors.add(OpenApi.door("Fairway", "0.1.0", Stream.concat(doors.stream(), Stream.of(probes)).toList()));
    doors.add(console.door());
    Ports.awaitFree(config.doors().distinct(), LOG::warn);
    listeners = parts.keep(Listeners.start(config.doors().plans(doors, probes, Probes.health(health)), authenticator,
        meters));
    listeners.checks().forEach(health::register);
    parts.keep(new Workers(store.work(), handlers, clock, WorkersConfig.DEFAULT, meters).start());
    chains.start();
    exchange.start();
    if (config.storage() instanceof StorageConfig.Postgres) {
      parts.keep(Every.start("take over what other processes changed", TAKE_OVER, exchange::refresh));
    }
    installations.start(config.automation().integrations());
    if (config.storage() instanceof StorageConfig.Postgres) {
      parts.keep(Every.start("take over integrations that other processes changed", TAKE_OVER, installations::refresh));
    }
    connectors.start();
    markets.start();
  }

  private static Health health(SqlStore store, BlobHomes homes, boolean inABucket) {
    Health health = new Health();
    health.register("store", () -> {
      store.journal().end();
      return Optional.empty();
    });
    if (inABucket) {
      health.register("documents", new BackgroundCheck(homes::trouble));
    }
    return health;
  }

  /**
   * Starts a node.
   *
   * @throws dev.fairway.core.FairwayException when it cannot run; whatever had started is stopped again
   */
  static Node start(NodeConfig config) {
    Parts parts = new Parts();
    try {
      return new Node(config, parts);
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private static EgressPolicy egress(NodeConfig config) {
    return config.profile() == Profile.DEV
        ? EgressPolicy.trusting()
        : EgressPolicy.guarded().withTrustedHosts(config.trustedHosts());
  }

  private static Authenticator authenticator(NodeConfig config, OutboundClient outbound, Clock clock) {
    if (config.profile() == Profile.DEV) {
      LOG.warn("profile dev: nobody is asked for credentials, and what callers say of themselves is believed");
      return new DevAuthenticator();
    }
    return new JwtAuthenticator(JwtConfig.of(config.issuers().toArray(JwtConfig.Issuer[]::new)), outbound, clock);
  }

  /** Where it is reached; ends without a slash. */
  public URI url() {
    return listeners.baseUrl();
  }

  /** Where a path is reached; ends without a slash. */
  URI url(String path) {
    return listeners.baseUrl(path);
  }

  /** Waits until the node is closed. */
  public void awaitStop() throws InterruptedException {
    stopped.await();
  }

  /** Takes no more requests, lets what is under way end, and stops. */
  @Override
  public void close() {
    parts.close();
    stopped.countDown();
  }

  /** What was started, closed in reverse. */
  private static final class Parts implements AutoCloseable {
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    <T extends AutoCloseable> T keep(T part) {
      started.push(part);
      return part;
    }

    @Override
    public void close() {
      while (!started.isEmpty()) {
        AutoCloseable part = started.pop();
        try {
          part.close();
        } catch (Exception e) {
          LOG.warn("a part did not stop cleanly part={}", part.getClass().getSimpleName(), e);
        }
      }
    }
  }
}
