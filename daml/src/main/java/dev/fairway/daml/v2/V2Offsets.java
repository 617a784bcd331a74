package dev.fairway.daml.v2;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Offset;
import tools.jackson.databind.JsonNode;

/** Offsets in the words of the API: whole numbers there and text here; the beginning is 0 there and nothing here. */
final class V2Offsets {
  private V2Offsets() {}

  /** @throws FairwayException with {@code INVALID} when it is none of a participant's */
  static long toWire(Offset offset) {
    try {
      return offset.equals(Offset.BEGIN) ? 0 : Long.parseLong(offset.value());
    } catch (NumberFormatException e) {
      throw new FairwayException(ErrorCode.INVALID, "offsets of a participant are whole numbers, not " + offset, e);
    }
  }

  /** @throws FairwayException with {@code PEER_LIED} when it is no whole number */
  static Offset fromWire(JsonNode node) {
    if (!node.isIntegralNumber()) {
      throw V2Events.lied("an offset is no whole number: " + node);
    }
    return node.asLong() == 0 ? Offset.BEGIN : new Offset(Long.toString(node.asLong()));
  }
}
