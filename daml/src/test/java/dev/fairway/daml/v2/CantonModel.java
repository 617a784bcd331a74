package dev.fairway.daml.v2;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerJson;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.core.ledger.TemplatePattern;
import dev.fairway.testing.ledger.ContractModel;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The templates of a {@link CantonDouble}: reads commands and filters that speak of them, and tells of their contracts. */
final class CantonModel {
  private final LedgerPackage model = ContractModel.MODEL.describe();
  private final LedgerJson values = LedgerJson.of(List.of(model));
  private final byte[] payload = Lf2Payload.of(model);
  private final String packageId = sha256(payload);

  String packageId() {
    return packageId;
  }

  /** The package as a participant hands it out. */
  byte[] payload() {
    return payload.clone();
  }

  Command command(JsonNode json) {
    CantonJson.fields(json, "a command", "?CreateCommand", "?ExerciseCommand", "?ExerciseByKeyCommand",
        "?CreateAndExerciseCommand");
    String kind = json.propertyNames().iterator().next();
    JsonNode command = json.path(kind);
    return switch (kind) {
      case "CreateCommand" -> {
        CantonJson.fields(command, kind, "templateId", "createArguments");
        TemplateId template = template(command);
        yield new Command.Create(template, payload(template, command.path("createArguments")));
      }
      case "ExerciseCommand" -> {
        CantonJson.fields(command, kind, "templateId", "contractId", "choice", "choiceArgument");
        TemplateId template = template(command);
        yield new Command.Exercise(template, new ContractId(CantonJson.text(command, "contractId")),
            CantonJson.text(command, "choice"),
            argument(template, command));
      }
      case "CreateAndExerciseCommand" -> {
        CantonJson.fields(command, kind, "templateId", "createArguments", "choice", "choiceArgument");
        TemplateId template = template(command);
        yield new Command.CreateAndExercise(template, payload(template, command.path("createArguments")),
            CantonJson.text(command, "choice"), argument(template, command));
      }
      default -> throw new CantonProblem(501, "UNIMPLEMENTED", 14, 12, "no contract keys in this version", Map.of());
    };
  }

  private TemplateId template(JsonNode command) {
    TemplateId wanted = TemplateId.parse(CantonJson.text(command, "templateId"));
    String pkg = wanted.pkg().orElseThrow(() -> CantonProblem.malformed("a template id needs its package"));
    if (!pkg.equals(packageId) && !pkg.equals("#" + model.name())) {
      throw new CantonProblem(404, pkg.startsWith("#") ? "PACKAGE_NAMES_NOT_FOUND" : "PACKAGE_NOT_FOUND", 11, 5,
          "no package " + pkg, Map.of());
    }
    if (!model.templates().containsKey(wanted.name())) {
      throw new CantonProblem(404, "TEMPLATES_OR_INTERFACES_NOT_FOUND", 11, 5, "no template " + wanted, Map.of());
    }
    return new TemplateId(model.id(), wanted.module(), wanted.entity());
  }

  private LedgerValue.Struct payload(TemplateId template, JsonNode json) {
    return (LedgerValue.Struct) value(json, new LedgerType.Named(template));
  }

  private LedgerValue argument(TemplateId template, JsonNode command) {
    LedgerPackage.Choice choice = Objects.requireNonNull(model.templates().get(template.name())).choices()
        .get(CantonJson.text(command, "choice"));
    if (choice == null) {
      throw CantonProblem.malformed("no choice " + CantonJson.text(command, "choice"));
    }
    return value(command.path("choiceArgument"), choice.argument());
  }

  private LedgerValue value(JsonNode json, LedgerType type) {
    try {
      return values.value(CantonJson.MAPPER.treeToValue(json, Object.class), type);
    } catch (FairwayException e) {
      throw new CantonProblem(400, "COMMAND_PREPROCESSING_FAILED", 8, 3, String.valueOf(e.getMessage()), Map.of());
    }
  }

  Query query(JsonNode format) {
    CantonJson.fields(format, "eventFormat", "filtersByParty", "verbose", "?filtersForAnyParty");
    Set<Party> readers = new LinkedHashSet<>();
    Set<TemplatePattern> patterns = new LinkedHashSet<>();
    format.path("filtersByParty").properties().forEach(entry -> {
      readers.add(new Party(entry.getKey()));
      CantonJson.fields(entry.getValue(), "filters", "cumulative");
      for (JsonNode filter : entry.getValue().path("cumulative")) {
        CantonJson.fields(filter, "a filter", "identifierFilter");
        JsonNode kind = filter.path("identifierFilter");
        CantonJson.fields(kind, "identifierFilter", "?WildcardFilter", "?TemplateFilter");
        if (kind.has("WildcardFilter")) {
          CantonJson.fields(kind.path("WildcardFilter").path("value"), "WildcardFilter", "includeCreatedEventBlob");
          patterns.add(TemplatePattern.ALL);
        } else {
          JsonNode value = kind.path("TemplateFilter").path("value");
          CantonJson.fields(value, "TemplateFilter", "templateId", "includeCreatedEventBlob");
          patterns.add(TemplatePattern.of(template(value)));
        }
      }
    });
    return new Query(readers, patterns.isEmpty() ? List.of(TemplatePattern.ALL) : List.copyOf(patterns));
  }

  Map<String, Object> created(Contract contract, long offset) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("offset", offset);
    json.put("nodeId", 0);
    json.put("contractId", contract.id().value());
    json.put("templateId", packageId + ":" + contract.template().name());
    json.put("createArgument", LedgerJson.tree(contract.payload()));
    json.put("interfaceViews", List.of());
    json.put("witnessParties", List.of());
    json.put("signatories", contract.signatories().stream().map(Party::name).toList());
    json.put("observers", contract.observers().stream().map(Party::name).toList());
    json.put("createdAt", contract.createdAt().orElse(Instant.EPOCH).toString());
    json.put("packageName", model.name());
    json.put("representativePackageId", packageId);
    json.put("acsDelta", true);
    return json;
  }

  Map<String, Object> archived(ContractId id, TemplateId template, long offset, int node) {
    return Map.of("offset", offset, "nodeId", node, "contractId", id.value(), "templateId",
        packageId + ":" + template.name(), "witnessParties", List.of(), "packageName", model.name(),
        "implementedInterfaces", List.of());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
