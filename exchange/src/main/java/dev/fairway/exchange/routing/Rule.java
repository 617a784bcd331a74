package dev.fairway.exchange.routing;

import dev.fairway.core.channel.Message;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One rule: which messages it takes, and the channels they may cross, the preferred first.
 *
 * @param name for people; shown in decisions
 * @param retry how long each channel is tried before the next
 * @param resend whether a message that its channel takes back is put on its way again, once
 * @param hourlyQuota most messages a channel takes in an hour under this rule before the next is preferred; empty is no limit
 */
public record Rule(String name, Match sender, Match receiver, Match predicate, Match subject, Match obj,
    List<String> channels, Retry retry, boolean resend, Optional<Integer> hourlyQuota) {
  /**
   * How long one channel is tried.
   *
   * @param maxAttempts 1 to 1,000
   * @param maxAge from the first attempt
   */
  public record Retry(int maxAttempts, Duration maxAge) {
    public static final Retry DEFAULT = new Retry(20, Duration.ofHours(24));

    public Retry {
      if (maxAttempts < 1 || maxAttempts > 1_000) {
        throw new IllegalArgumentException("max attempts must be 1 to 1000, is " + maxAttempts);
      }
      if (maxAge.isNegative() || maxAge.isZero()) {
        throw new IllegalArgumentException("max age must be positive, is " + maxAge);
      }
    }
  }

  public Rule {
    channels = List.copyOf(channels);
    if (channels.isEmpty()) {
      throw new IllegalArgumentException("rule " + name + " names no channel");
    }
    hourlyQuota.ifPresent(quota -> {
      if (quota < 1) {
        throw new IllegalArgumentException("the hourly quota of rule " + name + " must be positive, is " + quota);
      }
    });
  }

  /** What people read: {@code rule to Singapore}. One that was given no name is called {@code rule 3} as it is. */
  public String title() {
    return name.startsWith("rule ") ? name : "rule " + name;
  }

  /** A rule by receiver only. */
  public static Rule to(String name, Match receiver, List<String> channels) {
    return new Rule(name, Match.ANY, receiver, Match.ANY, Match.ANY, Match.ANY, channels, Retry.DEFAULT, false,
        Optional.empty());
  }

  public Rule withPredicate(Match match) {
    return new Rule(name, sender, receiver, match, subject, obj, channels, retry, resend, hourlyQuota);
  }

  public Rule withRetry(Retry policy) {
    return new Rule(name, sender, receiver, predicate, subject, obj, channels, policy, resend, hourlyQuota);
  }

  public Rule resending() {
    return new Rule(name, sender, receiver, predicate, subject, obj, channels, retry, true, hourlyQuota);
  }

  /** Why it does not take the message; empty when it does. */
  Optional<String> refusal(Message message) {
    if (!receiver.takes(message.receiver().code(), false)) {
      return Optional.of("receiver " + message.receiver() + " is not " + receiver);
    }
    if (!sender.takes(message.sender().code(), false)) {
      return Optional.of("sender " + message.sender() + " is not " + sender);
    }
    if (!predicate.takes(message.predicate(), true)) {
      return Optional.of("predicate " + message.predicate() + " is not " + predicate);
    }
    if (!subject.takes(message.subject(), false)) {
      return Optional.of("subject is not " + subject);
    }
    if (!obj.takes(message.obj(), false)) {
      return Optional.of("obj is not " + obj);
    }
    return Optional.empty();
  }

  /** Whether it takes every message the other takes. */
  boolean covers(Rule other) {
    return sender.covers(other.sender) && receiver.covers(other.receiver) && predicate.covers(other.predicate)
        && subject.covers(other.subject) && obj.covers(other.obj);
  }
}
