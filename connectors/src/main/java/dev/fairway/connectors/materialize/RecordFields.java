package dev.fairway.connectors.materialize;

import dev.fairway.connector.Transactor.Row;
import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.CollectionSpec.Inference;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.flow.MaterializationSpec.FieldSelection;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connector.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The selected fields of a materialization's bindings as flat records: a field below an object is a member of the field's
 * name. Safe for many threads.
 */
final class RecordFields {
  private final List<Map<String, Projection>> bindings;

  RecordFields(MaterializationSpec spec) {
    this.bindings = spec.bindings().stream().map(RecordFields::of).toList();
  }

  /** The selected fields, keys first, as rows have them. */
  static Map<String, Projection> of(MaterializationSpec.Binding binding) {
    Map<String, Projection> known = binding.collection().fields();
    FieldSelection selected = binding.fieldSelection();
    Map<String, Projection> fields = new LinkedHashMap<>();
    Stream.concat(selected.keys().stream(), selected.values().stream())
        .forEach(field -> fields.put(field, Objects.requireNonNull(known.get(field), field)));
    return fields;
  }

  /** What may be a member of a record: everything but the document itself. */
  static Map<String, Constraint> constraints(CollectionSpec collection) {
    Map<String, Constraint> constraints = new LinkedHashMap<>();
    for (Projection field : collection.projections()) {
      constraints.put(field.field(), constraint(field));
    }
    return constraints;
  }

  private static Constraint constraint(Projection field) {
    if (field.ptr().isEmpty()) {
      return new Constraint("FIELD_FORBIDDEN", "a record has fields, not a document", "");
    }
    if (field.isPrimaryKey()) {
      return new Constraint("LOCATION_REQUIRED", "the key identifies the row", "");
    }
    boolean top = field.ptr().indexOf('/', 1) < 0 && !field.ptr().equals("/_meta");
    return top
        ? new Constraint("LOCATION_RECOMMENDED", "it is a member of the document", "")
        : new Constraint("FIELD_OPTIONAL", "it is part of another field", "");
  }

  ObjectNode record(Row row) {
    ObjectNode record = Json.object();
    int keys = row.keys().size();
    int i = 0;
    for (String name : bindings.get(row.binding()).keySet()) {
      record.set(name, i < keys ? row.keys().get(i) : row.values().get(i - keys));
      i++;
    }
    return record;
  }

  /**
   * The JSON schema of a binding's records. Null is always allowed, because a document may lack what its schema knows.
   *
   * @param further adds to a field's schema what the language has besides its types
   */
  ObjectNode schema(int binding, BiConsumer<Inference, ObjectNode> further) {
    ObjectNode schema = Json.object().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    bindings.get(binding).forEach((name, field) -> {
      ObjectNode type = properties.putObject(name);
      if (!field.inference().types().isEmpty()) {
        ArrayNode types = type.putArray("type");
        field.inference().types().stream().filter(one -> !one.equals("null")).forEach(types::add);
        types.add("null");
        further.accept(field.inference(), type);
      }
    });
    return schema;
  }
}
