package dev.fairway.core.ledger;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a contract or a choice holds: the serializable values of Daml-LF. Immutable. {@link LedgerJson} writes and reads
 * them as JSON.
 */
public sealed interface LedgerValue {
  /** The only value of the unit type. */
  LedgerValue UNIT = new Unit();

  /** A record: fields by label, in the order of their type. */
  record Struct(SequencedMap<String, LedgerValue> fields) implements LedgerValue {
    public static final Struct EMPTY = new Struct(new LinkedHashMap<>());

    public Struct {
      fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
    }

    /** The field itself. */
    public Optional<LedgerValue> find(String label) {
      return Optional.ofNullable(fields.get(label));
    }

    /** @throws FairwayException with {@code INVALID} when there is no such field */
    public LedgerValue get(String label) {
      LedgerValue value = fields.get(label);
      if (value == null) {
        throw new FairwayException(ErrorCode.INVALID, "no field " + label + "; there are " + fields.keySet());
      }
      return value;
    }

    /** A text, party, contract id or enum constructor, as text. */
    public String text(String label) {
      return switch (get(label)) {
        case Text(String text) -> text;
        case OfParty(Party party) -> party.name();
        case OfContract(ContractId id) -> id.value();
        case Enumeration(String constructor) -> constructor;
        case LedgerValue other -> throw wrong(label, "text", other);
      };
    }

    public Party party(String label) {
      return as(label, OfParty.class, "a party").party();
    }

    public ContractId contractId(String label) {
      return as(label, OfContract.class, "a contract id").id();
    }

    public long int64(String label) {
      return as(label, Int64.class, "an integer").value();
    }

    public BigDecimal numeric(String label) {
      return switch (get(label)) {
        case Numeric(BigDecimal value) -> value;
        case Int64(long value) -> BigDecimal.valueOf(value);
        case LedgerValue other -> throw wrong(label, "a number", other);
      };
    }

    public boolean bool(String label) {
      return as(label, Bool.class, "a truth value").value();
    }

    public Instant timestamp(String label) {
      return as(label, Timestamp.class, "a timestamp").value();
    }

    public LocalDate date(String label) {
      return as(label, Date.class, "a date").value();
    }

    public Struct struct(String label) {
      return as(label, Struct.class, "a record");
    }

    public List<LedgerValue> list(String label) {
      return as(label, Sequence.class, "a list").items();
    }

    /** What an optional field holds; empty also when the field is left out. */
    public Optional<LedgerValue> optional(String label) {
      return switch (fields.get(label)) {
        case null -> Optional.empty();
        case Opt(Optional<LedgerValue> value) -> value;
        case LedgerValue other -> throw wrong(label, "an optional value", other);
      };
    }

    /** The same record with one field set. */
    public Struct with(String label, LedgerValue value) {
      var changed = new LinkedHashMap<>(fields);
      changed.put(label, value);
      return new Struct(changed);
    }

    private <T extends LedgerValue> T as(String label, Class<T> type, String expected) {
      LedgerValue value = get(label);
      if (type.isInstance(value)) {
        return type.cast(value);
      }
      throw wrong(label, expected, value);
    }

    private static FairwayException wrong(String label, String expected, LedgerValue actual) {
      return new FairwayException(ErrorCode.INVALID,
          "field " + label + " must be " + expected + ", is a " + actual.getClass().getSimpleName());
    }
  }

  /** One of several constructors, with its value. */
  record Variant(String constructor, LedgerValue value) implements LedgerValue {
    public Variant {
      Objects.requireNonNull(value);
    }
  }

  /** One of several constructors that hold nothing. */
  record Enumeration(String constructor) implements LedgerValue {}

  /** A list. */
  record Sequence(List<LedgerValue> items) implements LedgerValue {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /** A value that may be missing. */
  record Opt(Optional<LedgerValue> value) implements LedgerValue {
    public static final Opt NONE = new Opt(Optional.empty());
  }

  /** A map with texts as keys, in the order of the keys. */
  record TextMap(SortedMap<String, LedgerValue> entries) implements LedgerValue {
    public TextMap {
      entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }
  }

  /** A map with any values as keys, in the ledger's order. */
  record GenMap(SequencedMap<LedgerValue, LedgerValue> entries) implements LedgerValue {
    public GenMap {
      entries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(entries));
    }
  }

  /** A party. */
  record OfParty(Party party) implements LedgerValue {}

  /** A contract's id. */
  record OfContract(ContractId id) implements LedgerValue {}

  /** A text. */
  record Text(String text) implements LedgerValue {
    public Text {
      Objects.requireNonNull(text);
    }
  }

  /** A whole number of 64 bits. */
  record Int64(long value) implements LedgerValue {}

  /** A decimal number; {@code 1.0} and {@code 1.00} are the same value. At most 38 digits, 0 to 37 after the point. */
  record Numeric(BigDecimal value) implements LedgerValue {
    public Numeric {
      value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
      if (value.scale() < 0) {
        value = value.setScale(0);
      }
      if (value.precision() > 38 || value.scale() > 37) {
        throw new IllegalArgumentException("number must have at most 38 digits, 37 after the point, is " + value);
      }
    }
  }

  /** A truth value. */
  record Bool(boolean value) implements LedgerValue {}

  /** A day. */
  record Date(LocalDate value) implements LedgerValue {}

  /** A moment, to the microsecond; what is finer is cut off. */
  record Timestamp(Instant value) implements LedgerValue {
    public Timestamp {
      value = value.truncatedTo(ChronoUnit.MICROS);
    }
  }

  /** The only value of the unit type. */
  record Unit() implements LedgerValue {}

  static Text text(String text) {
    return new Text(text);
  }

  static OfParty party(Party party) {
    return new OfParty(party);
  }

  static OfContract contract(ContractId id) {
    return new OfContract(id);
  }

  static Int64 int64(long value) {
    return new Int64(value);
  }

  static Numeric numeric(BigDecimal value) {
    return new Numeric(value);
  }

  static Numeric numeric(String value) {
    return new Numeric(new BigDecimal(value));
  }

  static Bool bool(boolean value) {
    return new Bool(value);
  }

  static Date date(LocalDate value) {
    return new Date(value);
  }

  static Timestamp timestamp(Instant value) {
    return new Timestamp(value);
  }

  static Opt some(LedgerValue value) {
    return new Opt(Optional.of(value));
  }

  static Opt none() {
    return Opt.NONE;
  }

  static Opt optional(@Nullable LedgerValue value) {
    return value == null ? Opt.NONE : some(value);
  }

  static Sequence list(LedgerValue... items) {
    return new Sequence(Arrays.asList(items));
  }

  static Sequence list(Collection<? extends LedgerValue> items) {
    return new Sequence(new ArrayList<>(items));
  }

  static TextMap textMap(Map<String, ? extends LedgerValue> entries) {
    return new TextMap(new TreeMap<>(entries));
  }

  static Struct struct() {
    return Struct.EMPTY;
  }

  static Struct struct(String label, LedgerValue value) {
    return Struct.EMPTY.with(label, value);
  }

  static Struct struct(String label1, LedgerValue value1, String label2, LedgerValue value2) {
    return struct(label1, value1).with(label2, value2);
  }
}
