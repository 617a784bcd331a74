package dev.fairway.daml.v2;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.daml.PackageCache;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Events as the JSON Ledger API v2 writes them. */
final class V2Events {
  private final PackageCache packages;
  private final LedgerJson values;
  private final Query query;

  V2Events(PackageCache packages, Query query) {
    this.packages = packages;
    this.query = query;
    this.values = new LedgerJson(name -> name.pkg().flatMap(packages::find)
        .flatMap(pkg -> Optional.ofNullable(pkg.types().get(name.name()))));
  }

  /** A contract of the snapshot, also one on its way between synchronizers; empty where it is not asked for. */
  Optional<LedgerEvent> active(JsonNode contractEntry) {
    JsonNode created = contractEntry.path("JsActiveContract").path("createdEvent");
    if (created.isMissingNode()) {
      created = contractEntry.path("JsIncompleteUnassigned").path("createdEvent");
    }
    if (created.isMissingNode()) {
      created = contractEntry.path("JsIncompleteAssigned").path("assignedEvent").path("createdEvent");
    }
    if (!created.isMissingNode()) {
      return created(created);
    }
    if (contractEntry.has("JsEmpty")) {
      return Optional.empty();
    }
    throw lied("a contract entry of an unknown kind: " + contractEntry.propertyNames());
  }

  /** What an update tells; a checkpoint where it tells nothing that is asked for. */
  List<LedgerEvent> update(JsonNode update) {
    JsonNode transaction = update.path("Transaction").path("value");
    if (transaction.isMissingNode()) {
      for (String kind : List.of("OffsetCheckpoint", "Reassignment", "TopologyTransaction")) {
        JsonNode value = update.path(kind).path("value");
        if (!value.isMissingNode()) {
          return List.of(new LedgerEvent.Checkpoint(V2Offsets.fromWire(value.path("offset"))));
        }
      }
      throw lied("an update of an unknown kind: " + update.propertyNames());
    }
    List<LedgerEvent> told = new ArrayList<>();
    for (JsonNode event : transaction.path("events")) {
      if (event.has("CreatedEvent")) {
        created(event.path("CreatedEvent")).ifPresent(told::add);
      } else if (event.has("ArchivedEvent")) {
        archived(event.path("ArchivedEvent")).ifPresent(told::add);
      } else {
        throw lied("an event of an unknown kind: " + event.propertyNames());
      }
    }
    Offset offset = V2Offsets.fromWire(transaction.path("offset"));
    if (told.isEmpty()) {
      return List.of(new LedgerEvent.Checkpoint(offset));
    }
    String id = text(transaction, "updateId");
    told.addFirst(new LedgerEvent.TransactionBegin(offset, id, optional(transaction, "commandId"),
        optional(transaction, "workflowId"), time(transaction, "effectiveAt").orElse(Instant.EPOCH)));
    told.addLast(new LedgerEvent.TransactionEnd(offset, id));
    return told;
  }

  private Optional<LedgerEvent> created(JsonNode event) {
    TemplateId template = template(event);
    Optional<String> name = optional(event, "packageName");
    if (!query.wants(template, name)) {
      return Optional.empty();
    }
    LedgerValue payload = values.value(tree(event.path("createArgument")), new LedgerType.Named(template));
    if (!(payload instanceof LedgerValue.Struct arguments)) {
      throw lied("a contract of " + template + " whose arguments are no record");
    }
    Optional<LedgerValue> key = event.hasNonNull("contractKey")
        ? packages.find(template.pkg().orElseThrow())
            .flatMap(pkg -> Optional.ofNullable(pkg.templates().get(template.name())))
            .flatMap(declared -> declared.key()).map(type -> values.value(tree(event.path("contractKey")), type))
        : Optional.empty();
    return Optional.of(new LedgerEvent.Created(new Contract(contractId(event), template, name, arguments, key,
        parties(event.path("signatories")), parties(event.path("observers")), time(event, "createdAt"))));
  }

  private Optional<LedgerEvent> archived(JsonNode event) {
    TemplateId template = template(event);
    Optional<String> name = optional(event, "packageName");
    return query.wants(template, name)
        ? Optional.of(new LedgerEvent.Archived(contractId(event), template, name))
        : Optional.empty();
  }

  private static Object tree(JsonNode node) {
    return Participant.JSON.treeToValue(node, Object.class);
  }

  private static TemplateId template(JsonNode event) {
    try {
      return TemplateId.parse(text(event, "templateId"));
    } catch (IllegalArgumentException e) {
      throw lied(e.getMessage());
    }
  }

  private static ContractId contractId(JsonNode event) {
    try {
      return new ContractId(text(event, "contractId"));
    } catch (IllegalArgumentException e) {
      throw lied(e.getMessage());
    }
  }

  private static Set<Party> parties(JsonNode names) {
    Set<Party> parties = new LinkedHashSet<>();
    for (JsonNode name : names) {
      parties.add(new Party(name.asString()));
    }
    return parties;
  }

  private static Optional<Instant> time(JsonNode event, String field) {
    try {
      return optional(event, field).map(Instant::parse);
    } catch (DateTimeParseException e) {
      throw lied(field + " is no time: " + e.getParsedString());
    }
  }

  private static String text(JsonNode node, String field) {
    return optional(node, field).orElseThrow(() -> lied("there is no " + field));
  }

  private static Optional<String> optional(JsonNode node, String field) {
    return node.path(field).isString()
        ? Optional.of(node.path(field).asString()).filter(text -> !text.isEmpty())
        : Optional.empty();
  }

  static FairwayException lied(@org.jspecify.annotations.Nullable String what) {
    return new FairwayException(ErrorCode.PEER_LIED, "the participant sent " + what);
  }
}
