package dev.fairway.evm.channel;

import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.evm.channel.ChannelNode.Participant;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The participants a contract lists, each asked for at most once in {@link #KNOWN_FOR}; one that is missing, or has not
 * named its contract yet, is asked for by each call. Calls that come while the chain is being asked share its answer, also
 * when it is a failure: otherwise whoever posts many messages at once would ask as many times. Safe for many threads.
 */
final class Peers {
  static final Duration KNOWN_FOR = Duration.ofSeconds(30);

  private final Function<String, Optional<Participant>> contract;
  private final Supplier<Instant> now;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Optional<Participant>>> asking = new ConcurrentHashMap<>();

  private record Known(Participant participant, Instant asked) {}

  Peers(Function<String, Optional<Participant>> contract, Supplier<Instant> now) {
    this.contract = contract;
    this.now = now;
  }

  Optional<Participant> find(Jurisdiction receiver) {
    String code = receiver.code();
    Known before = known.get(code);
    Instant time = now.get();
    return before != null && time.isBefore(before.asked.plus(KNOWN_FOR))
        ? Optional.of(before.participant)
        : ask(code, time);
  }

  private Optional<Participant> ask(String code, Instant time) {
    CompletableFuture<Optional<Participant>> answer = new CompletableFuture<>();
    CompletableFuture<Optional<Participant>> other = asking.putIfAbsent(code, answer);
    if (other != null) {
      return join(other);
    }
    try {
      Optional<Participant> found = contract.apply(code);
      found.filter(participant -> participant.contract().isPresent())
          .ifPresentOrElse(participant -> known.put(code, new Known(participant, time)), () -> known.remove(code));
      answer.complete(found);
      return found;
    } catch (RuntimeException | Error e) {
      answer.completeExceptionally(e);
      throw e;
    } finally {
      asking.remove(code, answer);
    }
  }

  private static Optional<Participant> join(CompletableFuture<Optional<Participant>> other) {
    try {
      return other.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
