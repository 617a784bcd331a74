package dev.fairway.console.page;

import dev.fairway.console.ConsolePage;
import dev.fairway.console.Templates;
import dev.fairway.console.View;
import dev.fairway.console.Visit;
import dev.fairway.console.Wording;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.exchange.Exchange;
import dev.fairway.exchange.delivery.ChannelPort;
import dev.fairway.exchange.message.MessageState;
import dev.fairway.exchange.message.Messages;
import dev.fairway.exchange.routing.Match;
import dev.fairway.exchange.routing.Pattern;
import dev.fairway.exchange.routing.RoutingTable;
import dev.fairway.exchange.routing.RoutingVersions;
import dev.fairway.exchange.routing.Rule;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The ways messages take, how each is, and the rules that choose among them; a message can be tried on the rules. */
public final class ChannelsPage implements ConsolePage {
  /** So many of the newest messages are counted by the channel that carried them. */
  public static final int COUNTED = 10_000;

  private final Exchange exchange;
  private final InstantSource clock;

  public ChannelsPage(Exchange exchange, InstantSource clock) {
    this.exchange = exchange;
    this.clock = clock;
  }

  /** One channel; {@code detail} says why it is as it is. */
  public record Row(String id, String kind, List<String> participants, String state, Tone tone, String detail,
      boolean resting, long waiting, Optional<Messages.Traffic> traffic) {}

  /** One rule, in words. */
  public record Line(int place, String name, List<String> takes, List<String> channels, String tried, String further) {}

  /** The rules in force. */
  public record Rules(int version, String origin, Optional<Instant> since, List<Line> lines, List<String> warnings) {}

  /** The page. */
  public record Listing(List<Row> rows, Rules rules, Trial trial, String guard, Instant now) {}

  @Override
  public String title() {
    return "Channels";
  }

  /* Below /channels are the channels' own endpoints. */
  @Override
  public String path() {
    return "/channel";
  }

  @Override
  public List<String> follows() {
    return List.of("exchange.message", "exchange.channel", "exchange.routing");
  }

  @Override
  public long badge() {
    return exchange.channels().all().stream().filter(port -> port.trouble().isPresent()).count();
  }

  @Override
  public Map<String, Act> acts() {
    return Map.of("begin-maintenance", this::beginMaintenance, "end-maintenance", this::endMaintenance);
  }

  @Override
  public View show(Visit visit) {
    visit.item().ifPresent(item -> {
      throw new FairwayException(ErrorCode.NOT_FOUND, "a channel has no page of its own; all are on one");
    });
    Instant now = clock.instant();
    Trial trial = Trial.asked(visit, exchange, now);
    Listing listing = new Listing(rows(), rules(now), trial, visit.guard(), now);
    String curl = trial.decision().isPresent()
        ? visit.curl("/api/routing/dry-run", trial.json())
        : visit.curl("/api/channels");
    return new View("Channels", Templates.of("channels", Map.of("listing", listing)), curl);
  }

  private List<Row> rows() {
    Map<String, String> kinds = exchange.kinds();
    Map<String, Messages.Traffic> traffic = exchange.messages().traffic(COUNTED).stream()
        .collect(Collectors.toMap(Messages.Traffic::channel, Function.identity()));
    Map<String, Long> waiting = exchange.messages().underWay(Set.of()).stream()
        .filter(one -> one.state() == MessageState.SENT)
        .collect(Collectors.toMap(Messages.UnderWay::channel, Messages.UnderWay::count));
    return exchange.channels().all().stream().map(port -> row(port, kinds.getOrDefault(port.id(), ""),
        waiting.getOrDefault(port.id(), 0L), Optional.ofNullable(traffic.get(port.id())))).toList();
  }

  private static Row row(ChannelPort port, String kind, long waiting, Optional<Messages.Traffic> traffic) {
    boolean resting = port.maintenance().isPresent();
    boolean failing = port.trouble().isPresent();
    return new Row(port.id(), kind.replace('-', ' '),
        port.participants().stream().map(Jurisdiction::code).sorted().toList(),
        resting ? "in maintenance" : failing ? "failing" : "up",
        resting ? Tone.WARN : failing ? Tone.BAD : Tone.GOOD,
        port.maintenance().or(port::trouble).orElse(""), resting, waiting, traffic);
  }

  private Rules rules(Instant now) {
    RoutingTable table = exchange.routing().table();
    Optional<RoutingVersions.Version> version = exchange.routingVersions().find(table.version());
    List<Line> lines = new ArrayList<>();
    table.rules().forEach(rule -> lines.add(line(lines.size() + 1, rule)));
    return new Rules(table.version(),
        version.map(made -> made.source().equals("file") ? "from the settings file" : "by " + made.actor()).orElse(""),
        version.map(RoutingVersions.Version::madeAt), lines, table.warnings(exchange.channels().facts(now), now));
  }

  private static Line line(int place, Rule rule) {
    Map<String, Match> fields = new LinkedHashMap<>();
    fields.put("to", rule.receiver());
    fields.put("from", rule.sender());
    fields.put("predicate", rule.predicate());
    fields.put("subject", rule.subject());
    fields.put("object", rule.obj());
    List<String> takes = fields.entrySet().stream().filter(field -> !field.getValue().equals(Match.ANY))
        .map(field -> field.getKey() + " " + words(field.getValue())).toList();
    String tried = rule.retry().maxAttempts() + " times within " + Wording.duration(rule.retry().maxAge());
    String quota = rule.hourlyQuota().map(most -> "at most " + most + " an hour").orElse("");
    String resend = rule.resend() ? "sent again when taken back" : "";
    return new Line(place, rule.name(), takes, rule.channels(), tried,
        quota + (quota.isEmpty() || resend.isEmpty() ? "" : ", ") + resend);
  }

  private static String words(Match match) {
    String allowed = match.allow().isEmpty() ? "any" : texts(match.allow());
    return match.deny().isEmpty() ? allowed : allowed + ", but not " + texts(match.deny());
  }

  private static String texts(List<Pattern> patterns) {
    return patterns.stream().map(Pattern::text).collect(Collectors.joining(", "));
  }

  private Notice beginMaintenance(Visit visit) {
    ChannelPort port = port(visit);
    exchange.maintenance().begin(port, visit.field("reason").strip(), visit.caller().subject());
    return new Notice(port.id() + " is in maintenance: nothing goes over it until it is back in use.", path());
  }

  private Notice endMaintenance(Visit visit) {
    ChannelPort port = port(visit);
    exchange.maintenance().end(port, visit.caller().subject());
    return new Notice(port.id() + " is back in use.", path());
  }

  private ChannelPort port(Visit visit) {
    String id = visit.field("channel");
    return exchange.channels().find(id)
        .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "there is no channel " + id));
  }
}
