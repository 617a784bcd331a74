package dev.fairway.connectors.materialize;

import dev.fairway.connector.flow.CollectionSpec;
import dev.fairway.connector.flow.CollectionSpec.Projection;
import dev.fairway.connector.flow.MaterializationSpec.FieldSelection;
import dev.fairway.connector.flow.MaterializeResponse.Constraint;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Which fields of a collection are stored: what the connector requires, what is recommended, and what a person asked for. */
public final class FieldSelections {
  private FieldSelections() {}

  /** @throws FairwayException with {@code CONFIGURATION} when a person and the connector disagree */
  public static FieldSelection of(CollectionSpec collection, Map<String, Constraint> constraints,
      FlowFile.MaterializationBinding binding) {
    List<String> keys = new ArrayList<>();
    List<String> values = new ArrayList<>();
    String document = "";
    for (String pointer : collection.key()) {
      keys.add(collection.projections().stream().filter(projection -> projection.ptr().equals(pointer)).findFirst()
          .orElseThrow().field());
    }
    for (Projection projection : collection.projections()) {
      String field = projection.field();
      Constraint constraint = constraints.get(field);
      String type = constraint == null ? "FIELD_FORBIDDEN" : constraint.type();
      boolean wanted = binding.require().contains(field);
      boolean refused = binding.exclude().contains(field);
      boolean possible = constraint != null && !constraint.forbids();
      if (wanted && !possible) {
        throw new FairwayException(ErrorCode.CONFIGURATION, "field " + field + " of " + collection.name()
            + " cannot be stored: " + (constraint == null ? "the connector does not offer it" : constraint.reason()));
      }
      boolean required = type.equals("FIELD_REQUIRED") || type.equals("LOCATION_REQUIRED");
      boolean recommended = type.equals("LOCATION_RECOMMENDED") && binding.recommended();
      if (keys.contains(field) || !possible || refused || !(wanted || required || recommended)) {
        continue;
      }
      if (projection.ptr().isEmpty()) {
        document = field;
      } else if (!projection.isPrimaryKey()) {
        values.add(field);
      }
    }
    return new FieldSelection(keys, values, document, Map.of());
  }
}
