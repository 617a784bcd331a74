package dev.fairway.connector.flow;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.fairway.connector.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A collection as connectors see it.
 *
 * @param key JSON pointers
 * @param readSchema absent when readers see what writers wrote
 */
public record CollectionSpec(String name, JsonNode writeSchema, @Nullable JsonNode readSchema, List<String> key,
    String uuidPtr, List<String> partitionFields, List<Projection> projections, JsonNode ackTemplate,
    JsonNode partitionTemplate, @Nullable JsonNode derivation) {
  public CollectionSpec {
    name = requireNonNullElse(name, "");
    writeSchema = requireNonNullElse(writeSchema, Json.object());
    key = List.copyOf(requireNonNullElse(key, List.of()));
    uuidPtr = requireNonNullElse(uuidPtr, "/_meta/uuid");
    partitionFields = List.copyOf(requireNonNullElse(partitionFields, List.of()));
    projections = List.copyOf(requireNonNullElse(projections, List.of()));
    ackTemplate = requireNonNullElse(ackTemplate, Json.object());
    partitionTemplate = requireNonNullElse(partitionTemplate, Json.object());
  }

  /** The same collection, made by this derivation. */
  public CollectionSpec derived(JsonNode by) {
    return new CollectionSpec(name, writeSchema, readSchema, key, uuidPtr, partitionFields, projections, ackTemplate,
        partitionTemplate, by);
  }

  /** The schema readers may rely on. */
  public JsonNode schemaOfReaders() {
    return readSchema == null ? writeSchema : readSchema;
  }

  /**
   * A location of the documents under a name of its own; a column, to a database.
   *
   * @param ptr JSON pointer; empty for the whole document
   * @param explicit whether a person asked for it
   */
  public record Projection(String ptr, String field, boolean explicit, boolean isPartitionKey, boolean isPrimaryKey,
      Inference inference) {
    public Projection {
      ptr = requireNonNullElse(ptr, "");
      field = requireNonNullElse(field, "");
      inference = requireNonNullElse(inference, Inference.UNKNOWN);
    }
  }

  /**
   * What the schema says of a location.
   *
   * @param types sorted, of array, boolean, integer, null, number, object, string
   * @param exists MUST, MAY, IMPLICIT or CANNOT
   */
  public record Inference(List<String> types, String exists, String title, String description, boolean secret,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable StringFacts string) {
    static final Inference UNKNOWN = new Inference(List.of(), "MAY", "", "", false, null);

    public Inference {
      types = List.copyOf(requireNonNullElse(types, List.of()));
      exists = requireNonNullElse(exists, "MAY");
      title = requireNonNullElse(title, "");
      description = requireNonNullElse(description, "");
    }

    /** Whether every document has a value here that is not null. */
    public boolean always() {
      return exists.equals("MUST") && !types.contains("null");
    }

    /** The only type other than null; null when there are several or none. */
    public @Nullable String single() {
      List<String> real = types.stream().filter(type -> !type.equals("null")).toList();
      if (real.size() == 2 && real.containsAll(List.of("integer", "number"))) {
        return "number";
      }
      return real.size() == 1 ? real.getFirst() : null;
    }
  }

  /** What the schema says of a string. */
  public record StringFacts(String contentType, String format, String contentEncoding, long maxLength) {
    public StringFacts {
      contentType = requireNonNullElse(contentType, "");
      format = requireNonNullElse(format, "");
      contentEncoding = requireNonNullElse(contentEncoding, "");
    }
  }

  /** Projections by field. */
  public Map<String, Projection> fields() {
    Map<String, Projection> fields = new java.util.LinkedHashMap<>();
    projections.forEach(projection -> fields.put(projection.field(), projection));
    return fields;
  }
}
