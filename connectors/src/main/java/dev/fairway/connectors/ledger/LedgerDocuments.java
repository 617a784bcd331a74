package dev.fairway.connectors.ledger;

import dev.fairway.connector.json.Json;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happens on a ledger, as JSON documents, one per event and in the ledger's order. A contract comes to be once and ends once, so
 * contract and event are the key. Payloads are in the JSON encoding of Daml's JSON Ledger API.
 */
public final class LedgerDocuments {
  /** JSON pointers of the key. */
  public static final List<String> KEY = List.of("/contract", "/event");
  public static final String CREATED = "created";
  public static final String ARCHIVED = "archived";
  /** Ends a snapshot; its {@code contract} is empty. */
  public static final String SNAPSHOT = "snapshot";
  /** Set on the last document of a transaction or a snapshot: from here on, the ledger can be shown as of its offset. */
  public static final String LAST = "last";

  private LedgerDocuments() {}

  static JsonNode schema() {
    return Json.parse(
        """
            {"type":"object","properties":{"contract":{"type":"string"},"event":{"enum":["created","archived","snapshot"],"type":"string"},
             "offset":{"type":"string"},"last":{"type":"boolean"},"template":{"type":"string"},"package":{"type":"string"},
             "packageName":{"type":"string"},"payload":{"type":"object"},"key":{},
             "signatories":{"type":"array","items":{"type":"string"}},"observers":{"type":"array","items":{"type":"string"}},
             "createdAt":{"type":"string","format":"date-time"},"transaction":{"type":"string"},
             "effectiveAt":{"type":"string","format":"date-time"},"command":{"type":"string"},"workflow":{"type":"string"}},
             "required":["contract","event","offset"]}""");
  }

  static ObjectNode created(Contract contract) {
    ObjectNode document = event(contract.id().value(), CREATED, contract.template(), contract.packageName());
    document.set("payload", tree(contract.payload()));
    contract.key().ifPresent(key -> document.set("key", tree(key)));
    document.set("signatories", names(contract.signatories()));
    document.set("observers", names(contract.observers()));
    contract.createdAt().ifPresent(at -> document.put("createdAt", at.toString()));
    return document;
  }

  static ObjectNode archived(LedgerEvent.Archived archived) {
    return event(archived.id().value(), ARCHIVED, archived.template(), archived.packageName());
  }

  static ObjectNode snapshotEnd(Offset offset) {
    return Json.object().put("contract", "").put("event", SNAPSHOT).put("offset", offset.value()).put(LAST, true);
  }

  /** The document with one more member, its offset; a snapshot waits as text, which is smaller than a tree. */
  static byte[] at(byte[] document, Offset offset) {
    byte[] member = Json.bytes(Json.object().put("offset", offset.value()));
    member[0] = ',';
    byte[] whole = Arrays.copyOf(document, document.length - 1 + member.length);
    System.arraycopy(member, 0, whole, document.length - 1, member.length);
    return whole;
  }

  static void in(ObjectNode document, LedgerEvent.TransactionBegin transaction) {
    document.put("offset", transaction.offset().value()).put("transaction", transaction.transactionId())
        .put("effectiveAt", transaction.effectiveAt().toString());
    transaction.commandId().ifPresent(id -> document.put("command", id));
    transaction.workflowId().ifPresent(id -> document.put("workflow", id));
  }

  private static ObjectNode event(String contract, String event, TemplateId template, Optional<String> packageName) {
    ObjectNode document = Json.object().put("contract", contract).put("event", event).put("template", template.name());
    template.pkg().ifPresent(id -> document.put("package", id));
    packageName.ifPresent(name -> document.put("packageName", name));
    return document;
  }

  private static JsonNode tree(LedgerValue value) {
    return Json.MAPPER.valueToTree(LedgerJson.tree(value));
  }

  private static ArrayNode names(Collection<Party> parties) {
    ArrayNode names = Json.array();
    parties.stream().sorted().forEach(party -> names.add(party.name()));
    return names;
  }
}
