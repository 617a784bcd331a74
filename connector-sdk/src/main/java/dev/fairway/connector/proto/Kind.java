package dev.fairway.connector.proto;

import com.google.protobuf.WireFormat;

/** How a value travels in a protocol buffer, and what it is in JSON (the ProtoJSON mapping of protobuf.dev). */
enum Kind {
  STRING(WireFormat.WIRETYPE_LENGTH_DELIMITED),
  /** Bytes that are JSON text; in JSON they stand as they are. */
  JSON(WireFormat.WIRETYPE_LENGTH_DELIMITED),
  /** Base64 in JSON. */
  BYTES(WireFormat.WIRETYPE_LENGTH_DELIMITED), BOOL(WireFormat.WIRETYPE_VARINT), UINT32(
      WireFormat.WIRETYPE_VARINT), INT32(WireFormat.WIRETYPE_VARINT),
  /** Decimal digits in a string in JSON. */
  INT64(WireFormat.WIRETYPE_VARINT), FIXED32(WireFormat.WIRETYPE_FIXED32),
  /** Decimal digits in a string in JSON; unsigned. */
  FIXED64(WireFormat.WIRETYPE_FIXED64), DOUBLE(WireFormat.WIRETYPE_FIXED64),
  /** A name in JSON, or the number where there is no name for it. */
  ENUM(WireFormat.WIRETYPE_VARINT), MESSAGE(WireFormat.WIRETYPE_LENGTH_DELIMITED),
  /** {@code google.protobuf.Duration}; in JSON seconds with an {@code s} behind them. */
  DURATION(WireFormat.WIRETYPE_LENGTH_DELIMITED),
  /** {@code google.protobuf.Timestamp}; RFC 3339 in JSON. */
  TIMESTAMP(WireFormat.WIRETYPE_LENGTH_DELIMITED);

  private final int wireType;

  Kind(int wireType) {
    this.wireType = wireType;
  }

  int wireType() {
    return wireType;
  }

  boolean delimited() {
    return wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }
}
