package dev.fairway.daml.v1;

import dev.fairway.core.ledger.Offset;
import dev.fairway.daml.wire.v1.LedgerOffset;

/** Offsets in the words of the API. */
final class V1Offsets {
  private V1Offsets() {}

  static LedgerOffset toWire(Offset offset) {
    return offset.equals(Offset.BEGIN)
        ? LedgerOffset.newBuilder().setBoundary(LedgerOffset.LedgerBoundary.LEDGER_BEGIN).build()
        : LedgerOffset.newBuilder().setAbsolute(offset.value()).build();
  }

  static Offset fromWire(LedgerOffset wire) {
    return new Offset(wire.getAbsolute());
  }
}
