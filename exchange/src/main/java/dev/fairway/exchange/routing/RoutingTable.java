package dev.fairway.exchange.routing;

import dev.fairway.core.channel.Message;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Ordered rules. The first rule that takes a message and has a channel that can carry it decides; the order of channels
 * is the order of preference, except that one that cannot be reached at present comes last.
 *
 * @param version grows with each change
 */
public record RoutingTable(int version, List<Rule> rules) {
  public RoutingTable {
    rules = List.copyOf(rules);
  }

  /**
   * Decides, without looking at anything but its arguments.
   *
   * @param channels what is known of each channel, by its id
   * @param overQuota whether a rule's channel has had its share of this hour; asked with {@code rule/channel}
   */
  public Decision route(Message message, Map<String, ChannelFacts> channels, Predicate<String> overQuota, Instant now) {
    List<Decision.Step> trace = new ArrayList<>();
    for (Rule rule : rules) {
      Optional<String> refusal = rule.refusal(message);
      trace.add(new Decision.Step(rule.title(), refusal.orElse("takes it")));
      if (refusal.isPresent()) {
        continue;
      }
      List<String> usable = new ArrayList<>();
      List<String> last = new ArrayList<>();
      List<String> resting = new ArrayList<>();
      for (String id : rule.channels()) {
        ChannelFacts facts = channels.get(id);
        Optional<String> unfit = facts == null ? Optional.of("is not configured") : unfit(message, facts, now);
        if (unfit.isPresent() || facts == null) {
          trace.add(new Decision.Step("channel " + id, unfit.orElse("")));
        } else if (facts.maintenance().isPresent()) {
          trace.add(new Decision.Step("channel " + id, "is in maintenance: " + facts.maintenance().get()));
          resting.add(id);
        } else if (facts.unreachable().isPresent()) {
          trace.add(new Decision.Step("channel " + id, "comes last: " + facts.unreachable().get()));
          last.add(id);
        } else if (overQuota.test(rule.name() + "/" + id)) {
          trace.add(new Decision.Step("channel " + id, "comes last: it has had its share of this hour"));
          last.add(id);
        } else {
          trace.add(new Decision.Step("channel " + id, "can carry it"));
          usable.add(id);
        }
      }
      List<String> chosen = Stream.concat(usable.stream(), last.stream()).toList();
      if (!chosen.isEmpty()) {
        return new Decision.Send(rule, chosen, trace);
      }
      if (!resting.isEmpty()) {
        return new Decision.Wait(rule, "in maintenance: " + String.join(", ", resting), trace);
      }
    }
    return new Decision.NoRoute(trace);
  }

  private static Optional<String> unfit(Message message, ChannelFacts facts, Instant now) {
    if (!facts.participants().contains(message.receiver())) {
      return Optional.of(message.receiver() + " takes no part in it");
    }
    if (!facts.participants().contains(message.sender())) {
      return Optional.of(message.sender() + " takes no part in it");
    }
    if (facts.validFrom().filter(now::isBefore).isPresent()) {
      return Optional.of("is not in use before " + facts.validFrom().get());
    }
    if (facts.validUntil().filter(end -> !now.isBefore(end)).isPresent()) {
      return Optional.of("is out of use since " + facts.validUntil().get());
    }
    int bytes = bytes(message);
    return bytes > facts.maxBytes()
        ? Optional.of("carries " + facts.maxBytes() + " bytes, the message has " + bytes)
        : Optional.empty();
  }

  private static int bytes(Message message) {
    return Stream.of(message.subject(), message.obj(), message.predicate())
        .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length).sum() + 4;
  }

  /** What an operator should know before these rules are put in force; empty when there is nothing. */
  public List<String> warnings(Map<String, ChannelFacts> channels, Instant now) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      for (String id : rule.channels()) {
        ChannelFacts facts = channels.get(id);
        if (facts == null) {
          found.add(rule.title() + ": no such channel: " + id + "; there are " + channels.keySet());
        } else if (facts.validUntil().filter(end -> !now.isBefore(end)).isPresent()) {
          found.add(rule.title() + ": channel " + id + " is out of use since " + facts.validUntil().get());
        }
      }
      for (Rule earlier : rules.subList(0, i)) {
        if (earlier.covers(rule)) {
          found.add(rule.title() + " is never reached: " + earlier.title() + " takes all it would take");
        }
      }
    }
    return found;
  }
}
