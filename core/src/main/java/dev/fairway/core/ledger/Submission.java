package dev.fairway.core.ledger;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Commands that happen in one transaction or not at all.
 *
 * @param commandId names the intention: the same on every attempt, so that the ledger recognises a resend. 1 to 255 of
 * {@code A-Z a-z 0-9 # : - _ /} and space
 * @param actAs who acts; at least one
 * @param readAs on whose behalf contracts may be read besides
 * @param deduplication how long the ledger shall recognise the command id, as far as it can; positive
 */
public record Submission(String commandId, Set<Party> actAs, Set<Party> readAs, List<Command> commands,
    Optional<String> workflowId, Duration deduplication) {
  /** What is asked for when nothing is said. */
  public static final Duration DEDUPLICATION = Duration.ofDays(1);

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9#:\\-_/ ]{1,255}");

  public Submission {
    checkCommandId(commandId);
    workflowId.ifPresent(Submission::checkCommandId);
    actAs = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(actAs));
    readAs = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(readAs));
    commands = List.copyOf(commands);
    Objects.requireNonNull(deduplication);
    if (actAs.isEmpty() || commands.isEmpty()) {
      throw new IllegalArgumentException("submission " + commandId + " needs a party to act as and a command");
    }
    if (!deduplication.isPositive()) {
      throw new IllegalArgumentException("deduplication of " + commandId + " must be positive, is " + deduplication);
    }
  }

  public Submission(String commandId, Party actAs, List<Command> commands) {
    this(commandId, Set.of(actAs), Set.of(), commands, Optional.empty(), DEDUPLICATION);
  }

  private static void checkCommandId(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "command and workflow ids must be 1 to 255 of A-Z a-z 0-9 # : - _ / and space, is \"" + id + "\"");
    }
  }
}
