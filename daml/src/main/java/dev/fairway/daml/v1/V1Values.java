package dev.fairway.daml.v1;

import com.google.protobuf.Empty;
import dev.fairway.core.ledger.ContractId;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.daml.wire.v1.Enum;
import dev.fairway.daml.wire.v1.GenMap;
import dev.fairway.daml.wire.v1.Identifier;
import dev.fairway.daml.wire.v1.Record;
import dev.fairway.daml.wire.v1.RecordField;
import dev.fairway.daml.wire.v1.Value;
import dev.fairway.daml.wire.v1.Variant;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Values as the Ledger API v1 writes them. */
final class V1Values {
  private V1Values() {}

  static Value toWire(LedgerValue value) {
    Value.Builder wire = Value.newBuilder();
    switch (value) {
      case LedgerValue.Struct struct -> wire.setRecord(toWire(struct));
      case LedgerValue.Variant(String constructor, LedgerValue inner) ->
        wire.setVariant(Variant.newBuilder().setConstructor(constructor).setValue(toWire(inner)));
      case LedgerValue.Enumeration(String constructor) -> wire.setEnum(Enum.newBuilder().setConstructor(constructor));
      case LedgerValue.Sequence(var items) -> wire.setList(dev.fairway.daml.wire.v1.List.newBuilder()
          .addAllElements(items.stream().map(V1Values::toWire).toList()));
      case LedgerValue.Opt(var inner) -> {
        var optional = dev.fairway.daml.wire.v1.Optional.newBuilder();
        inner.ifPresent(some -> optional.setValue(toWire(some)));
        wire.setOptional(optional);
      }
      case LedgerValue.TextMap(var entries) -> {
        var map = dev.fairway.daml.wire.v1.Map.newBuilder();
        entries.forEach((key, entry) -> map
            .addEntries(dev.fairway.daml.wire.v1.Map.Entry.newBuilder().setKey(key).setValue(toWire(entry))));
        wire.setMap(map);
      }
      case LedgerValue.GenMap(var entries) -> {
        GenMap.Builder map = GenMap.newBuilder();
        entries.forEach((key, entry) -> map
            .addEntries(GenMap.Entry.newBuilder().setKey(toWire(key)).setValue(toWire(entry))));
        wire.setGenMap(map);
      }
      case LedgerValue.OfParty(Party party) -> wire.setParty(party.name());
      case LedgerValue.OfContract(ContractId id) -> wire.setContractId(id.value());
      case LedgerValue.Text(String text) -> wire.setText(text);
      case LedgerValue.Int64(long number) -> wire.setInt64(number);
      case LedgerValue.Numeric(BigDecimal number) -> wire.setNumeric(number.toPlainString());
      case LedgerValue.Bool(boolean truth) -> wire.setBool(truth);
      case LedgerValue.Date(LocalDate day) -> wire.setDate(Math.toIntExact(day.toEpochDay()));
      case LedgerValue.Timestamp(Instant moment) ->
        wire.setTimestamp(ChronoUnit.MICROS.between(Instant.EPOCH, moment));
      case LedgerValue.Unit() -> wire.setUnit(Empty.getDefaultInstance());
    }
    return wire.build();
  }

  static Record toWire(LedgerValue.Struct struct) {
    Record.Builder wire = Record.newBuilder();
    struct.fields()
        .forEach((label, field) -> wire.addFields(RecordField.newBuilder().setLabel(label).setValue(toWire(field))));
    return wire.build();
  }

  /** @throws IllegalArgumentException when it is of no kind known here */
  static LedgerValue fromWire(Value wire) {
    return switch (wire.getSumCase()) {
      case RECORD -> fromWire(wire.getRecord());
      case VARIANT ->
        new LedgerValue.Variant(wire.getVariant().getConstructor(), fromWire(wire.getVariant().getValue()));
      case ENUM -> new LedgerValue.Enumeration(wire.getEnum().getConstructor());
      case LIST -> LedgerValue.list(wire.getList().getElementsList().stream().map(V1Values::fromWire).toList());
      case OPTIONAL -> wire.getOptional().hasValue()
          ? LedgerValue.some(fromWire(wire.getOptional().getValue()))
          : LedgerValue.none();
      case MAP -> {
        Map<String, LedgerValue> entries = new TreeMap<>();
        wire.getMap().getEntriesList().forEach(entry -> entries.put(entry.getKey(), fromWire(entry.getValue())));
        yield LedgerValue.textMap(entries);
      }
      case GEN_MAP -> {
        var entries = new LinkedHashMap<LedgerValue, LedgerValue>();
        wire.getGenMap().getEntriesList()
            .forEach(entry -> entries.put(fromWire(entry.getKey()), fromWire(entry.getValue())));
        yield new LedgerValue.GenMap(entries);
      }
      case PARTY -> LedgerValue.party(new Party(wire.getParty()));
      case CONTRACT_ID -> LedgerValue.contract(new ContractId(wire.getContractId()));
      case TEXT -> LedgerValue.text(wire.getText());
      case INT64 -> LedgerValue.int64(wire.getInt64());
      case NUMERIC -> LedgerValue.numeric(wire.getNumeric());
      case BOOL -> LedgerValue.bool(wire.getBool());
      case DATE -> LedgerValue.date(LocalDate.ofEpochDay(wire.getDate()));
      case TIMESTAMP -> LedgerValue.timestamp(Instant.EPOCH.plus(wire.getTimestamp(), ChronoUnit.MICROS));
      case UNIT -> LedgerValue.UNIT;
      case SUM_NOT_SET -> throw new IllegalArgumentException("a value of a kind that is not known here");
    };
  }

  static LedgerValue.Struct fromWire(Record wire) {
    var fields = new LinkedHashMap<String, LedgerValue>();
    for (RecordField field : wire.getFieldsList()) {
      fields.put(field.getLabel(), fromWire(field.getValue()));
    }
    return new LedgerValue.Struct(fields);
  }

  /** @throws IllegalArgumentException when the package is left open */
  static Identifier toWire(TemplateId template) {
    return Identifier.newBuilder()
        .setPackageId(template.pkg().orElseThrow(() -> new IllegalArgumentException(template + " names no package")))
        .setModuleName(template.module()).setEntityName(template.entity()).build();
  }

  static TemplateId fromWire(Identifier wire) {
    return new TemplateId(wire.getPackageId(), wire.getModuleName(), wire.getEntityName());
  }
}
