package dev.fairway.automation.runtime;

import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.sdk.Attempt;
import dev.fairway.automation.sdk.LedgerEvents;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.TemplateId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A transaction as the work of its handlers carries it. */
final class TransactionText {
  private TransactionText() {}

  static String write(LedgerEvent.TransactionBegin begin, List<LedgerEvent> events) {
    ObjectNode node = StoredValue.object().put("id", begin.transactionId());
    begin.commandId().ifPresent(id -> node.put("commandId", id));
    begin.workflowId().ifPresent(id -> node.put("workflowId", id));
    var list = StoredValue.array();
    for (LedgerEvent event : events) {
      switch (event) {
        case LedgerEvent.Created(Contract contract) ->
          list.add(StoredValue.object().set("created", StoredValue.node(contract)));
        case LedgerEvent.Archived(ContractId id, TemplateId template, Optional<String> name) -> {
          ObjectNode archived = StoredValue.object().put("archived", id.value()).put("template", template.toString());
          name.ifPresent(n -> archived.put("packageName", n));
          list.add(archived);
        }
        case LedgerEvent _ -> {
        }
      }
    }
    node.set("events", list);
    return StoredValue.text(node);
  }

  static LedgerEvents.Transaction read(String text, Attempt attempt) {
    JsonNode node = StoredValue.parse(text);
    List<LedgerEvent> events = new ArrayList<>();
    for (JsonNode event : node.path("events")) {
      if (event.has("created")) {
        events.add(new LedgerEvent.Created(StoredValue.contract(event.path("created"))));
      } else {
        events.add(new LedgerEvent.Archived(new ContractId(event.path("archived").asString()),
            TemplateId.parse(event.path("template").asString()), optional(event, "packageName")));
      }
    }
    return new LedgerEvents.Transaction(node.path("id").asString(), optional(node, "commandId"),
        optional(node, "workflowId"), events, attempt);
  }

  private static Optional<String> optional(JsonNode node, String member) {
    return Optional.ofNullable(node.get(member)).map(JsonNode::asString);
  }
}
