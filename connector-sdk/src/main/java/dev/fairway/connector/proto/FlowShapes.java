package dev.fairway.connector.proto;

import static dev.fairway.connector.proto.Kind.BOOL;
import static dev.fairway.connector.proto.Kind.BYTES;
import static dev.fairway.connector.proto.Kind.DOUBLE;
import static dev.fairway.connector.proto.Kind.DURATION;
import static dev.fairway.connector.proto.Kind.FIXED32;
import static dev.fairway.connector.proto.Kind.FIXED64;
import static dev.fairway.connector.proto.Kind.INT32;
import static dev.fairway.connector.proto.Kind.INT64;
import static dev.fairway.connector.proto.Kind.JSON;
import static dev.fairway.connector.proto.Kind.STRING;
import static dev.fairway.connector.proto.Kind.TIMESTAMP;
import static dev.fairway.connector.proto.Kind.UINT32;

import dev.fairway.connector.flow.FlowCodec;
import dev.fairway.connector.proto.Shape.Count;
import dev.fairway.connector.proto.Shape.Field;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Every message of the Flow protocols: the table that the translation goes by. */
final class FlowShapes {
  private static final String[] CAPTURE_TYPES = {"INVALID", "", "", "", "", "", "", "IMAGE", "LOCAL"};
  private static final String[] MATERIALIZE_TYPES = {"INVALID", "", "SQLITE", "", "", "", "", "", "IMAGE",
      "LOCAL", "DEKAF"};
  private static final String[] DERIVE_TYPES = {"INVALID_CONNECTOR_TYPE", "SQLITE", "TYPESCRIPT", "IMAGE", "LOCAL",
      "PYTHON"};

  private static final Shape NOTHING = Shape.of("an empty message");
  private static final Shape LABELS = Shape.of("LabelSet",
      many(1, "labels", Shape.of("Label", one(1, "name", STRING), one(2, "value", STRING))));
  private static final Shape SELECTOR = Shape.of("LabelSelector", one(1, "include", LABELS), one(2, "exclude", LABELS));
  private static final Shape JOURNAL = Shape.of("JournalSpec", one(1, "name", STRING), one(2, "replication", INT32),
      one(3, "labels", LABELS),
      one(4, "fragment", Shape.of("JournalSpec.Fragment", one(1, "length", INT64),
          one(2, "compressionCodec", "INVALID", "NONE", "GZIP", "ZSTANDARD", "SNAPPY", "GZIP_OFFLOAD_DECOMPRESSION"),
          many(3, "stores", STRING), one(4, "refreshInterval", DURATION), one(5, "retention", DURATION),
          one(6, "flushInterval", DURATION), one(7, "pathPostfixTemplate", STRING))),
      one(6, "flags", UINT32), one(7, "maxAppendRate", INT64));
  private static final Shape SHARD = Shape.of("ShardSpec", one(1, "id", STRING),
      many(2, "sources",
          Shape.of("ShardSpec.Source", one(1, "journal", STRING), one(3, "minOffset", INT64))),
      one(3, "recoveryLogPrefix", STRING), one(4, "hintPrefix", STRING), one(5, "hintBackups", INT32),
      one(6, "maxTxnDuration", DURATION), one(7, "minTxnDuration", DURATION), one(8, "disable", BOOL),
      one(9, "hotStandbys", UINT32), one(10, "labels", LABELS), one(11, "disableWaitForAck", BOOL),
      one(12, "ringBufferSize", UINT32), one(13, "readChannelSize", UINT32));
  private static final Shape CHECKPOINT = Shape.of("Checkpoint",
      map(1, "sources", Shape.of("Checkpoint.Source", one(1, "readThrough", INT64),
          many(2, "producers",
              Shape.of("ProducerEntry", one(1, "id", BYTES),
                  one(2, "state", Shape.of("ProducerState", one(1, "lastAck", FIXED64), one(2, "begin", INT64))))))),
      map(2, "ackIntents", BYTES));
  private static final Shape STATE = Shape.of("ConnectorState", one(1, "updated", JSON), one(2, "mergePatch", BOOL));
  private static final Shape RANGE = Shape.of("RangeSpec", one(2, "keyBegin", FIXED32), one(3, "keyEnd", FIXED32),
      one(4, "rClockBegin", FIXED32), one(5, "rClockEnd", FIXED32));
  private static final Shape PORT = Shape.of("NetworkPort", one(1, "number", UINT32), one(2, "protocol", STRING),
      one(3, "public", BOOL));
  private static final Shape SER_POLICY = Shape.of("SerPolicy", one(1, "strTruncateAfter", UINT32),
      one(2, "nestedObjTruncateAfter", UINT32), one(3, "arrayTruncateAfter", UINT32));
  private static final Shape OAUTH2 = Shape.of("OAuth2", one(1, "provider", STRING), one(2, "authUrlTemplate", STRING),
      one(3, "accessTokenUrlTemplate", STRING), one(4, "accessTokenBody", STRING), map(5, "accessTokenHeaders", JSON),
      map(6, "accessTokenResponseMap", JSON), one(7, "refreshTokenUrlTemplate", STRING),
      one(8, "refreshTokenBody", STRING), map(9, "refreshTokenHeaders", JSON), map(10, "refreshTokenResponseMap", JSON),
      one(11, "accessTokenMethod", STRING), one(12, "refreshTokenMethod", STRING));

  private static final Shape INFERENCE = Shape.of("Inference", many(1, "types", STRING),
      one(3, "string",
          Shape.of("Inference.String", one(3, "contentType", STRING), one(4, "format", STRING),
              one(6, "maxLength", UINT32), one(7, "contentEncoding", STRING), one(8, "strMinimum", STRING),
              one(9, "strMaximum", STRING))),
      one(4, "title", STRING), one(5, "description", STRING), one(6, "default", JSON), one(7, "secret", BOOL),
      one(8, "exists", "INVALID", "MUST", "MAY", "IMPLICIT", "CANNOT"),
      one(9, "numeric",
          Shape.of("Inference.Numeric", one(1, "hasMinimum", BOOL), one(2, "minimum", DOUBLE),
              one(3, "hasMaximum", BOOL), one(4, "maximum", DOUBLE))),
      one(10, "array",
          Shape.of("Inference.Array", one(1, "minItems", UINT32), one(2, "hasMaxItems", BOOL),
              one(3, "maxItems", UINT32), many(4, "itemTypes", STRING))),
      many(11, "enum", JSON),
      one(12, "reduce", "REDUCE_UNSET", "REDUCE_MULTIPLE", "REDUCE_APPEND", "REDUCE_FIRST_WRITE_WINS",
          "REDUCE_LAST_WRITE_WINS", "REDUCE_MAXIMIZE", "REDUCE_MERGE", "REDUCE_MINIMIZE", "REDUCE_SET", "REDUCE_SUM",
          "REDUCE_JSON_SCHEMA_MERGE"),
      one(13, "redact", "REDACT_UNSET", "REDACT_MULTIPLE", "REDACT_BLOCK", "REDACT_SHA256"),
      one(14, "contentMediaType", STRING));
  private static final Shape PROJECTION = Shape.of("Projection", one(1, "ptr", STRING), one(2, "field", STRING),
      one(3, "explicit", BOOL), one(4, "isPartitionKey", BOOL), one(5, "isPrimaryKey", BOOL),
      one(6, "inference", INFERENCE));
  private static final Shape COLLECTION = Shape.of("CollectionSpec", one(1, "name", STRING), many(3, "key", STRING),
      one(4, "uuidPtr", STRING), many(5, "partitionFields", STRING), many(6, "projections", PROJECTION),
      one(7, "ackTemplate", JSON), one(8, "writeSchema", JSON), one(9, "partitionTemplate", JOURNAL),
      one(11, "readSchema", JSON), later(12, "derivation", Count.ONE, () -> FlowShapes.DERIVATION));
  private static final Shape TRANSFORM = Shape.of("Derivation.Transform", one(1, "name", STRING),
      one(2, "collection", COLLECTION), one(3, "partitionSelector", SELECTOR), one(4, "priority", UINT32),
      one(5, "readDelaySeconds", UINT32), many(6, "shuffleKey", STRING), one(7, "shuffleLambdaConfig", JSON),
      one(8, "lambdaConfig", JSON), one(9, "readOnly", BOOL), one(10, "journalReadSuffix", STRING),
      one(11, "notBefore", TIMESTAMP), one(12, "notAfter", TIMESTAMP), one(13, "backfill", UINT32),
      one(14, "stateKey", STRING));
  private static final Field SHUFFLE_KEY_TYPES = new Field(4, "shuffleKeyTypes", Kind.ENUM, Count.MANY, null,
      List.of("INVALID_SHUFFLE_TYPE", "BOOLEAN", "INTEGER", "STRING"));
  private static final Shape DERIVATION = Shape.of("Derivation", one(1, "connectorType", DERIVE_TYPES),
      one(2, "config", JSON), many(3, "transforms", TRANSFORM), SHUFFLE_KEY_TYPES, one(5, "shardTemplate", SHARD),
      one(6, "recoveryLogTemplate", JOURNAL), many(7, "networkPorts", PORT), many(8, "inactiveTransforms", TRANSFORM),
      one(9, "redactSalt", BYTES));
  private static final Shape FIELDS = Shape.of("FieldSelection", many(1, "keys", STRING), many(2, "values", STRING),
      one(3, "document", STRING), map(4, "fieldConfig", JSON));
  private static final Shape CAPTURE_BINDING = Shape.of("CaptureSpec.Binding", one(1, "resourceConfig", JSON),
      many(2, "resourcePath", STRING), one(3, "collection", COLLECTION), one(4, "backfill", UINT32),
      one(5, "stateKey", STRING));
  private static final Shape CAPTURE = Shape.of("CaptureSpec", one(1, "name", STRING),
      one(2, "connectorType", CAPTURE_TYPES), one(3, "config", JSON), many(4, "bindings", CAPTURE_BINDING),
      one(5, "intervalSeconds", UINT32), one(6, "shardTemplate", SHARD), one(7, "recoveryLogTemplate", JOURNAL),
      many(8, "networkPorts", PORT), many(9, "inactiveBindings", CAPTURE_BINDING), one(10, "redactSalt", BYTES),
      one(11, "createdAt", STRING));
  private static final Shape MATERIALIZATION_BINDING = Shape.of("MaterializationSpec.Binding",
      one(1, "resourceConfig", JSON), many(2, "resourcePath", STRING), one(3, "collection", COLLECTION),
      one(4, "fieldSelection", FIELDS), one(5, "deltaUpdates", BOOL), one(7, "partitionSelector", SELECTOR),
      one(8, "journalReadSuffix", STRING), one(9, "priority", UINT32), one(10, "notBefore", TIMESTAMP),
      one(11, "notAfter", TIMESTAMP), one(12, "backfill", UINT32), one(13, "stateKey", STRING),
      one(14, "serPolicy", SER_POLICY));
  private static final Shape MATERIALIZATION = Shape.of("MaterializationSpec", one(1, "name", STRING),
      one(2, "connectorType", MATERIALIZE_TYPES), one(3, "config", JSON), many(4, "bindings", MATERIALIZATION_BINDING),
      one(5, "shardTemplate", SHARD), one(6, "recoveryLogTemplate", JOURNAL), many(7, "networkPorts", PORT),
      many(9, "inactiveBindings", MATERIALIZATION_BINDING), one(10, "triggers", JSON), one(11, "createdAt", STRING));

  private static final Shape WITH_STATE = Shape.of("a response with a state", one(1, "state", STATE));
  private static final Shape APPLIED = Shape.of("Response.Applied", one(1, "actionDescription", STRING),
      one(2, "state", STATE));
  private static final Shape SPECIFIED = Shape.of("Response.Spec", one(1, "protocol", UINT32),
      one(2, "configSchema", JSON), one(3, "resourceConfigSchema", JSON), one(4, "documentationUrl", STRING),
      one(5, "oauth2", OAUTH2), many(6, "resourcePathPointers", STRING));

  private static final Shape CAPTURE_REQUEST = Shape.of("capture.Request", one(1, "spec", spec(CAPTURE_TYPES)),
      one(2, "discover", Shape.of("Request.Discover", one(1, "connectorType", CAPTURE_TYPES), one(2, "config", JSON),
          one(3, "name", STRING), one(4, "createdAt", STRING))),
      one(3, "validate", Shape.of("Request.Validate", one(1, "name", STRING), one(2, "connectorType", CAPTURE_TYPES),
          one(3, "config", JSON),
          many(4, "bindings",
              Shape.of("Validate.Binding", one(1, "resourceConfig", JSON), one(2, "collection", COLLECTION),
                  one(3, "backfill", UINT32))),
          one(5, "lastCapture", CAPTURE), one(6, "lastVersion", STRING))),
      one(4, "apply",
          Shape.of("Request.Apply", one(1, "capture", CAPTURE), one(2, "version", STRING),
              one(4, "lastCapture", CAPTURE), one(5, "lastVersion", STRING), one(6, "state", JSON))),
      one(5, "open", open("capture", CAPTURE)),
      one(6, "acknowledge", Shape.of("Request.Acknowledge", one(1, "checkpoints", UINT32))));
  private static final Shape CAPTURE_RESPONSE = Shape.of("capture.Response", one(1, "spec", SPECIFIED),
      one(2, "discovered",
          Shape.of("Response.Discovered",
              many(1, "bindings",
                  Shape.of("Discovered.Binding", one(1, "recommendedName", STRING), one(2, "resourceConfig", JSON),
                      one(3, "documentSchema", JSON), many(4, "key", STRING), one(5, "disable", BOOL),
                      many(6, "resourcePath", STRING), one(7, "isFallbackKey", BOOL))))),
      one(3, "validated",
          Shape.of("Response.Validated",
              many(1, "bindings", Shape.of("Validated.Binding", many(1, "resourcePath", STRING))))),
      one(4, "applied", APPLIED),
      one(5, "opened", Shape.of("Response.Opened", one(1, "explicitAcknowledgements", BOOL))),
      one(6, "captured", Shape.of("Response.Captured", one(1, "binding", UINT32), one(2, "doc", JSON))),
      one(7, "checkpoint", WITH_STATE), one(8, "sourcedSchema",
          Shape.of("Response.SourcedSchema", one(1, "binding", UINT32), one(2, "documentSchema", JSON))));

  private static final Shape DERIVE_REQUEST = Shape.of("derive.Request", one(1, "spec", spec(DERIVE_TYPES)),
      one(2, "validate", Shape.of("Request.Validate", one(1, "connectorType", DERIVE_TYPES), one(2, "config", JSON),
          one(3, "collection", COLLECTION),
          many(4, "transforms",
              Shape.of("Validate.Transform", one(1, "name", STRING), one(2, "collection", COLLECTION),
                  one(3, "shuffleLambdaConfig", JSON), one(4, "lambdaConfig", JSON), one(5, "backfill", UINT32))),
          new Field(5, "shuffleKeyTypes", Kind.ENUM, Count.MANY, null, SHUFFLE_KEY_TYPES.values()),
          one(6, "projectRoot", STRING), map(7, "importMap", STRING), one(8, "lastCollection", COLLECTION),
          one(9, "lastVersion", STRING))),
      one(3, "open",
          Shape.of("Request.Open", one(1, "collection", COLLECTION), one(2, "version", STRING), one(3, "range", RANGE),
              one(5, "state", JSON))),
      one(4, "read",
          Shape.of("Request.Read", one(1, "transform", UINT32),
              one(2, "uuid", Shape.of("UUIDParts", one(1, "node", FIXED64), one(2, "clock", FIXED64))),
              one(3, "shuffle", Shape.of("Read.Shuffle", one(1, "key", JSON), one(2, "packed", BYTES),
                  one(3, "hash", UINT32))),
              one(4, "doc", JSON))),
      one(5, "flush", Shape.of("Request.Flush", one(1, "statePatches", JSON))),
      one(6, "startCommit", Shape.of("Request.StartCommit", one(1, "runtimeCheckpoint", CHECKPOINT))),
      one(7, "reset", NOTHING));
  private static final Shape DERIVE_RESPONSE = Shape.of("derive.Response", one(1, "spec", SPECIFIED),
      one(2, "validated",
          Shape.of("Response.Validated",
              many(1, "transforms", Shape.of("Validated.Transform", one(1, "readOnly", BOOL))),
              map(2, "generatedFiles", STRING))),
      one(3, "opened", Shape.of("Response.Opened", one(1, "runtimeCheckpoint", CHECKPOINT))),
      one(4, "published", Shape.of("Response.Published", one(1, "doc", JSON))),
      one(5, "flushed", Shape.of("Response.Flushed", one(1, "state", STATE), one(2, "more", BOOL))),
      one(6, "startedCommit", WITH_STATE));

  private static final Shape CONSTRAINT = Shape.of("Constraint",
      one(2, "type", "INVALID", "FIELD_REQUIRED", "LOCATION_REQUIRED", "LOCATION_RECOMMENDED", "FIELD_OPTIONAL",
          "FIELD_FORBIDDEN", "INCOMPATIBLE", "UNSATISFIABLE"),
      one(3, "reason", STRING), one(4, "foldedField", STRING));
  private static final Shape BACKFILL = Shape.of("Flush.Backfill", one(1, "binding", UINT32),
      one(2, "timestamp", TIMESTAMP));
  private static final Shape MATERIALIZE_REQUEST = Shape.of("materialize.Request",
      one(1, "spec", spec(MATERIALIZE_TYPES)),
      one(2, "validate",
          Shape.of("Request.Validate", one(1, "name", STRING), one(2, "connectorType", MATERIALIZE_TYPES),
              one(3, "config", JSON),
              many(4, "bindings",
                  Shape.of("Validate.Binding", one(1, "resourceConfig", JSON), one(2, "collection", COLLECTION),
                      map(3, "fieldConfig", JSON), one(4, "backfill", UINT32), many(5, "groupBy", STRING))),
              one(5, "lastMaterialization", MATERIALIZATION), one(6, "lastVersion", STRING))),
      one(3, "apply",
          Shape.of("Request.Apply", one(1, "materialization", MATERIALIZATION), one(2, "version", STRING),
              one(4, "lastMaterialization", MATERIALIZATION), one(5, "lastVersion", STRING), one(6, "state", JSON))),
      one(4, "open", open("materialization", MATERIALIZATION)),
      one(5, "load",
          Shape.of("Request.Load", one(1, "binding", UINT32), one(2, "key", JSON), one(3, "keyPacked", BYTES))),
      one(6, "flush",
          Shape.of("Request.Flush", one(1, "statePatches", JSON), many(2, "backfillBegins", BACKFILL),
              many(3, "backfillCompletes", BACKFILL))),
      one(7, "store",
          Shape.of("Request.Store", one(1, "binding", UINT32), one(2, "key", JSON), one(3, "keyPacked", BYTES),
              one(4, "values", JSON), one(5, "valuesPacked", BYTES), one(6, "doc", JSON), one(7, "exists", BOOL),
              one(8, "delete", BOOL))),
      one(8, "startCommit",
          Shape.of("Request.StartCommit", one(1, "runtimeCheckpoint", CHECKPOINT), one(2, "statePatches", JSON))),
      one(9, "acknowledge", Shape.of("Request.Acknowledge", one(1, "statePatches", JSON))));
  private static final Shape MATERIALIZE_RESPONSE = Shape.of("materialize.Response", one(1, "spec", SPECIFIED),
      one(2, "validated",
          Shape.of("Response.Validated",
              many(1, "bindings",
                  Shape.of("Validated.Binding", map(1, "constraints", CONSTRAINT), many(2, "resourcePath", STRING),
                      one(3, "deltaUpdates", BOOL), one(4, "serPolicy", SER_POLICY),
                      one(5, "caseInsensitiveFields", BOOL),
                      many(6, "projectionConstraints",
                          Shape.of("ProjectionConstraint", one(1, "field", STRING),
                              one(2, "constraint", CONSTRAINT))))))),
      one(3, "applied", APPLIED),
      one(4, "opened",
          Shape.of("Response.Opened", one(1, "runtimeCheckpoint", CHECKPOINT),
              one(2, "disableLoadOptimization", BOOL))),
      one(5, "loaded", Shape.of("Response.Loaded", one(1, "binding", UINT32), one(2, "doc", JSON))),
      one(6, "flushed", WITH_STATE), one(7, "startedCommit", WITH_STATE), one(8, "acknowledged", WITH_STATE));

  private static final Map<FlowCodec<?>, Shape> SIDES = Map.of(FlowCodec.CAPTURE_REQUESTS, CAPTURE_REQUEST,
      FlowCodec.CAPTURE_RESPONSES, CAPTURE_RESPONSE, FlowCodec.DERIVE_REQUESTS, DERIVE_REQUEST,
      FlowCodec.DERIVE_RESPONSES, DERIVE_RESPONSE, FlowCodec.MATERIALIZE_REQUESTS, MATERIALIZE_REQUEST,
      FlowCodec.MATERIALIZE_RESPONSES, MATERIALIZE_RESPONSE);

  private FlowShapes() {}

  /** What one side of one protocol says. */
  static Shape of(FlowCodec<?> side) {
    return Objects.requireNonNull(SIDES.get(side));
  }

  private static Shape spec(String[] types) {
    return Shape.of("Request.Spec", one(1, "connectorType", types), one(2, "config", JSON));
  }

  private static Shape open(String task, Shape spec) {
    return Shape.of("Request.Open", one(1, task, spec), one(2, "version", STRING), one(3, "range", RANGE),
        one(4, "state", JSON), one(5, "sealedConfig", JSON));
  }

  private static Field one(int number, String name, Kind kind) {
    return new Field(number, name, kind, Count.ONE, null, List.of());
  }

  private static Field one(int number, String name, Shape message) {
    return later(number, name, Count.ONE, () -> message);
  }

  private static Field one(int number, String name, String... values) {
    return new Field(number, name, Kind.ENUM, Count.ONE, null, List.of(values));
  }

  private static Field many(int number, String name, Kind kind) {
    return new Field(number, name, kind, Count.MANY, null, List.of());
  }

  private static Field many(int number, String name, Shape message) {
    return later(number, name, Count.MANY, () -> message);
  }

  private static Field map(int number, String name, Kind kind) {
    return new Field(number, name, kind, Count.MAP, null, List.of());
  }

  private static Field map(int number, String name, Shape message) {
    return later(number, name, Count.MAP, () -> message);
  }

  private static Field later(int number, String name, Count count, Supplier<Shape> message) {
    return new Field(number, name, Kind.MESSAGE, count, message, List.of());
  }
}
