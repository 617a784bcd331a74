package dev.fairway.automation.ledger;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.web.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads commands written as JSON, in the encoding of {@link LedgerJson}, by the types of a ledger's templates. What is wrong
 * is told as a {@link FairwayException} with {@code INVALID} and the place.
 */
public final class CommandReader {
  private final List<LedgerPackage> packages;
  private final LedgerJson json;

  /** @throws FairwayException as {@link Ledger#packages} does */
  public CommandReader(Ledger ledger) {
    this.packages = ledger.packages();
    this.json = LedgerJson.of(packages);
  }

  /**
   * @param node {@code {"create": {template, payload}}} or {@code {"exercise": {template, contract, choice, argument}}}
   */
  public Command command(JsonNode node) {
    JsonNode create = node.path("create");
    JsonNode exercise = node.path("exercise");
    if (create.isObject()) {
      return create(text(create, "template"), create.path("payload"));
    }
    if (exercise.isObject()) {
      return exercise(text(exercise, "template"), text(exercise, "contract"),
          text(exercise, "choice"), exercise.path("argument"));
    }
    throw new FairwayException(ErrorCode.INVALID,
        "a command is {\"create\": {template, payload}} or {\"exercise\": {template, contract, choice, argument}}");
  }

  /** A command that makes a contract. */
  public Command create(String template, JsonNode payload) {
    Known known = find(template);
    LedgerValue value = json.value(tree(payload), new LedgerType.Named(known.id(), List.of()));
    return Command.create(known.id(), (LedgerValue.Struct) value);
  }

  /** A command that exercises a choice; a missing argument is an empty one. */
  public Command exercise(String template, String contract, String choice, JsonNode argument) {
    Known known = find(template);
    LedgerPackage.Choice found = known.template().choices().get(choice);
    if (found == null) {
      throw new FairwayException(ErrorCode.INVALID,
          template + " has no choice " + choice + "; it has " + known.template().choices().keySet());
    }
    LedgerValue value = choice.equals(Command.ARCHIVE)
        ? LedgerValue.struct()
        : json.value(argument.isMissingNode() ? Map.of() : tree(argument), found.argument());
    return new Command.Exercise(known.id(), new ContractId(contract), choice, value);
  }

  private static @Nullable Object tree(JsonNode node) {
    return Json.mapper().treeToValue(node, Object.class);
  }

  private static String text(JsonNode body, String name) {
    JsonNode value = body.path(name);
    if (!value.isString() || value.stringValue().isBlank()) {
      throw new FairwayException(ErrorCode.INVALID, name + " is needed: a text");
    }
    return value.stringValue();
  }

  private record Known(TemplateId id, LedgerPackage.Template template) {}

  private Known find(String name) {
    TemplateId wanted;
    try {
      wanted = TemplateId.parse(name);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, "template: " + e.getMessage(), e);
    }
    List<Known> found = packages.stream().flatMap(p -> p.find(wanted).stream()
        .map(id -> new Known(id, Objects.requireNonNull(p.templates().get(id.name()))))).toList();
    if (found.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, "the ledger knows no template " + name);
    }
    // Several versions of a package may hold it; the one uploaded last is meant.
    return found.getLast();
  }
}
