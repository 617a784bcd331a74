package dev.fairway.automation.shipped;

import dev.fairway.automation.sdk.Environment;
import dev.fairway.automation.sdk.Response;
import dev.fairway.automation.shipped.ExchangeSession.Said;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.web.Json;
import java.io.IOException;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/*
 * Several events may share a tracking number, so after a disconnection the stream is asked for from the second most recent
 * number, as the exchange advises, and what comes again is recognised. The position is kept on the ledger, in a contract that a
 * timer replaces; behind it by seconds at most, which is why a crash may bring a report twice and never loses one. The first
 * is there before any report is read. What this process knows and what is on the ledger are both true, so they are put
 * together: a process that stood by for a while does not set back what another wrote down.
 */
/** What the exchange tells of one's orders, as contracts; each report is on a durable queue before the next one is read. */
final class ExchangeReports {
  static final String QUEUE = "reports";

  private static final Set<String> TYPES = Set.of("Add", "Cancelled", "Executed", "Modified", "TradeReport",
      "TradeCancel", "Suspended");
  private static final Duration WAIT = Duration.ofSeconds(5);
  /** How long the first position may take to the ledger. */
  private static final Duration WRITTEN = Duration.ofSeconds(30);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);
  /** Digits after the point of Daml's Decimal. */
  private static final int SCALE = 10;

  /** Up to where reports were taken: all up to {@code number}, and after it those that are seen. */
  private record Position(long number, Set<String> seen) {
    Position and(Position other) {
      long latest = Math.max(number, other.number);
      return new Position(latest, Stream.concat(seen.stream(), other.seen.stream())
          .filter(event -> trackingNumber(event) > latest).collect(Collectors.toSet()));
    }
  }

  private final Environment<ExchangeGateway.Settings> env;
  /** Number by event, of the two most recent numbers; null until the first connection. */
  private @Nullable Map<String, Long> recent;
  private long number;
  /** What was last found to be on the ledger. */
  private volatile @Nullable Position kept;

  ExchangeReports(Environment<ExchangeGateway.Settings> env) {
    this.env = env;
  }

  /** Reads until the connection ends. */
  void follow() throws IOException, InterruptedException {
    try (ExchangeSession session = ExchangeSession.open(env)) {
      long from = start(session).number();
      awaitPosition();
      long stream = session.followMarket("executionReports", Json.object().put("trackingNumber", from));
      env.log().info("follows the executions after {}", from);
      while (true) {
        Optional<Said> said = session.next(stream, WAIT);
        if (said.isPresent()) {
          take(switch (said.get()) {
            case Said.Data(JsonNode report) -> report;
            case Said.Refused refused -> throw ExchangeSession.refusal("reports", refused);
            case Said.Done _ -> throw new IOException("the exchange ended the reports");
          });
        }
      }
    }
  }

  /* The ledger is asked each time: another process may have read on while this one stood by. */
  private Position start(ExchangeSession session) throws IOException, InterruptedException {
    Optional<Position> known = Stream.concat(onLedger().stream().map(ExchangeReports::read), position().stream())
        .reduce(Position::and);
    Position first = known.isPresent() ? known.get() : new Position(session.lastTrackingNumber(), Set.of());
    begin(first);
    return first;
  }

  private void awaitPosition() throws IOException, InterruptedException {
    long end = System.nanoTime() + WRITTEN.toNanos();
    while (onLedger().isEmpty()) {
      if (System.nanoTime() > end) {
        throw new IOException("the ledger does not show from where reports are followed");
      }
      Thread.sleep(LOOK_AGAIN);
    }
  }

  private List<Contract> onLedger() {
    return env.active(env.settings().positionTemplate());
  }

  private static Position read(Contract contract) {
    LedgerValue.Struct payload = contract.payload();
    return new Position(payload.int64("trackingNumber"), payload.text("seen").lines().collect(Collectors.toSet()));
  }

  private synchronized void begin(Position position) {
    var events = new LinkedHashMap<String, Long>();
    position.seen().forEach(event -> events.put(event, trackingNumber(event)));
    recent = events;
    number = position.number();
    kept = null;
  }

  private synchronized Optional<Position> position() {
    return recent == null ? Optional.empty() : Optional.of(new Position(number, Set.copyOf(recent.keySet())));
  }

  private void take(JsonNode report) throws InterruptedException {
    if (!TYPES.contains(report.path("messageType").asString(""))) {
      return;
    }
    String event = event(report);
    if (isNew(event)) {
      Patience.put(env.queue(), QUEUE, report.toString());
      taken(event);
    }
  }

  private synchronized boolean isNew(String event) {
    return recent != null && !recent.containsKey(event) && trackingNumber(event) > number;
  }

  private synchronized void taken(String event) {
    Map<String, Long> events = recent;
    if (events == null) {
      return;
    }
    events.put(event, trackingNumber(event));
    long latest = trackingNumber(event);
    long before = events.values().stream().filter(n -> n < latest).max(Comparator.naturalOrder()).orElse(number);
    number = before;
    events.values().removeIf(n -> n <= before);
  }

  private static String event(JsonNode report) {
    return report.path("trackingNumber").asLong() + "/" + report.path("messageType").asString("") + "/"
        + report.path("orderId").asLong(0) + "/" + report.path("eventId").asLong(0) + "/"
        + report.path("side").asString("");
  }

  private static long trackingNumber(String event) {
    return Long.parseLong(event.substring(0, event.indexOf('/')));
  }

  /** Writes down up to where reports were taken, until that is on the ledger. */
  Response keepPosition() {
    Optional<Position> now = position();
    if (now.isEmpty() || now.get().equals(kept)) {
      return Response.none();
    }
    List<Contract> before = onLedger();
    Position next = before.stream().map(ExchangeReports::read).reduce(now.get(), Position::and);
    if (before.size() == 1 && read(before.getFirst()).equals(next)) {
      kept = now.get();
      return Response.none();
    }
    List<Command> commands = new ArrayList<>();
    before.forEach(old -> commands.add(Command.archive(old)));
    commands.add(Command.create(env.template(env.settings().positionTemplate()),
        LedgerValue.struct("integrationParty", LedgerValue.party(env.party()))
            .with("trackingNumber", LedgerValue.int64(next.number()))
            .with("seen", LedgerValue.text(String.join("\n", next.seen())))));
    return new Response(commands);
  }

  /** A report from the queue. */
  Response contract(String message) {
    JsonNode report = Json.parse(message);
    LedgerValue.Struct fields = LedgerValue.struct("integrationParty", LedgerValue.party(env.party()), "receivedAt",
        LedgerValue.timestamp(Instant.now(env.clock())));
    for (String name : new String[]{"messageType", "instrument", "side"}) {
      fields = fields.with(name, LedgerValue.text(report.path(name).asString("")));
    }
    for (String name : new String[]{"trackingNumber", "eventId"}) {
      fields = fields.with(name, LedgerValue.int64(report.path(name).asLong(0)));
    }
    for (String name : new String[]{"orderId", "mpOrderId"}) {
      JsonNode id = report.path(name);
      fields = fields.with(name, LedgerValue.optional(id.isMissingNode() ? null : LedgerValue.int64(id.asLong())));
    }
    for (String name : new String[]{"quantity", "lastFilledQuantity", "lastFilledPrice", "remainingOpenQuantity"}) {
      fields = fields.with(name, LedgerValue.optional(amount(report.path(name))));
    }
    return Response.commands(Command.create(env.template(env.settings().reportTemplate()),
        fields.with("body", LedgerValue.text(message))));
  }

  private static @Nullable LedgerValue amount(JsonNode value) {
    if (value.isMissingNode()) {
      return null;
    }
    if (!value.isNumber()) {
      throw new FairwayException(ErrorCode.PEER_LIED, "the exchange reports " + value + " where a number is due");
    }
    return LedgerValue.numeric(value.decimalValue().setScale(SCALE, RoundingMode.HALF_UP));
  }
}
