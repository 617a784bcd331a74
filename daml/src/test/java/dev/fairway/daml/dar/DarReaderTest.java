package dev.fairway.daml.dar;

import static dev.fairway.daml.dar.DarWriter.CONTRACT_ID;
import static dev.fairway.daml.dar.DarWriter.INT64;
import static dev.fairway.daml.dar.DarWriter.LIST;
import static dev.fairway.daml.dar.DarWriter.OPTIONAL;
import static dev.fairway.daml.dar.DarWriter.PARTY;
import static dev.fairway.daml.dar.DarWriter.TEXT;
import static dev.fairway.daml.dar.DarWriter.UNIT;
import static dev.fairway.daml.dar.DarWriter.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.daml.dar.DamlType.Builtin;
import dev.fairway.daml.dar.DamlType.Kind;
import dev.fairway.daml.wire.lf.Archive;
import dev.fairway.daml.wire.lf.ArchivePayload;
import dev.fairway.daml.wire.lf1.DottedName;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DarReaderTest {
  private static final DarWriter IOU = iou();

  private static DarWriter iou() {
    DarWriter dar = new DarWriter("iou", "1.2.0", "Trade.Iou");
    dar.record("Iou",
        fields("issuer", dar.type(PARTY), "owner", dar.type(PARTY), "amount", dar.numeric(10), "notes",
            dar.type(LIST, dar.type(TEXT)), "due", dar.type(OPTIONAL, dar.type(DarWriter.DATE)), "colour",
            dar.type("Colour"), "shape", dar.type("Shape")))
        .record("Transfer", fields("newOwner", dar.type(PARTY))).record("Archive", fields())
        .enumeration("Colour", "Red", "Green")
        .variant("Shape", fields("Point", dar.type(UNIT), "Circle", dar.type(INT64)));
    var issuer = dar.parties(dar.field("Iou", "issuer", dar.variable("this")));
    var owner = dar.parties(dar.field("Iou", "owner", dar.variable("this")));
    dar.add(dar
        .template("Iou", issuer, owner,
            dar.choice("Transfer", true, owner, dar.type("Transfer"), dar.type(CONTRACT_ID, dar.type("Iou")),
                dar.create("Iou", dar.variable("this"))),
            dar.choice("Look", false, owner, dar.type(UNIT), dar.type(UNIT), dar.pure(dar.type(UNIT), dar.unit())),
            dar.archive(issuer))
        .setKey(dar.key(dar.type(PARTY), dar.field("Iou", "issuer", dar.variable("this")), "key",
            dar.parties(dar.variable("key")))));
    return dar;
  }

  private static Dar read(byte[] dar) {
    return new DarReader().read(new ByteArrayInputStream(dar));
  }

  private static void assertRefused(ErrorCode code, String why, ThrowingCallable reading) {
    assertThatThrownBy(reading).isInstanceOfSatisfying(FairwayException.class, e -> {
      assertThat(e.code()).isEqualTo(code);
      assertThat(e).hasMessageContaining(why);
    });
  }

  @Test
  void packageIsKnownByTheHashOfItsBytes() {
    Dar dar = read(IOU.dar());
    assertThat(dar.main().id()).isEqualTo(IOU.packageId());
    assertThat(dar.main().languageVersion()).isEqualTo("1.8");
    assertThat(dar.main().name()).contains("iou");
    assertThat(dar.main().version()).contains("1.2.0");
    assertThat(dar.sdkVersion()).contains("1.13.1");
    assertThat(dar.dependencies()).isEmpty();
  }

  @Test
  void templateHasItsChoicesAndKey() {
    Template iou = read(IOU.dar()).main().template("Trade.Iou", "Iou").orElseThrow();
    TypeRef self = new TypeRef(IOU.packageId(), "Trade.Iou", "Iou");
    assertThat(iou.key()).contains(new Builtin(Kind.PARTY, List.of()));
    assertThat(iou.choices()).extracting(Template.Choice::name).containsExactly("Transfer", "Look", "Archive");
    assertThat(iou.choice("Look").orElseThrow().consuming()).isFalse();
    assertThat(iou.choice("Transfer")).contains(new Template.Choice("Transfer", true,
        new DamlType.Named(new TypeRef(IOU.packageId(), "Trade.Iou", "Transfer"), List.of()),
        new Builtin(Kind.CONTRACT_ID, List.of(new DamlType.Named(self, List.of())))));
  }

  @Test
  void fieldsHaveTheirTypesInOrder() {
    Dar dar = read(IOU.dar());
    DataType type = dar.find(new TypeRef(IOU.packageId(), "Trade.Iou", "Iou")).orElseThrow();
    assertThat(((DataType.Struct) type).fields()).startsWith(
        new DataType.Field("issuer", new Builtin(Kind.PARTY, List.of())),
        new DataType.Field("owner", new Builtin(Kind.PARTY, List.of())),
        new DataType.Field("amount", new Builtin(Kind.NUMERIC, List.of(new DamlType.Natural(10)))),
        new DataType.Field("notes", new Builtin(Kind.LIST, List.of(new Builtin(Kind.TEXT, List.of())))));
    assertThat(dar.main().dataType("Trade.Iou", "Colour"))
        .contains(new DataType.Enumeration("Colour", true, List.of("Red", "Green")));
    assertThat(dar.main().dataType("Trade.Iou", "Shape")).get().extracting(t -> ((DataType.Variant) t).constructors())
        .isEqualTo(List.of(new DataType.Field("Point", new Builtin(Kind.UNIT, List.of())),
            new DataType.Field("Circle", new Builtin(Kind.INT64, List.of()))));
  }

  @Test
  void packageIsToldInTheWordsOfAllLedgers() {
    LedgerPackage iou = read(IOU.dar()).main().toLedgerPackage();
    assertThat(iou.name()).isEqualTo("iou");
    assertThat(iou.templates()).containsOnlyKeys("Trade.Iou:Iou").hasEntrySatisfying("Trade.Iou:Iou",
        template -> assertThat(template.key()).contains(LedgerType.Simple.PARTY));
    assertThat(iou.types()).hasEntrySatisfying("Trade.Iou:Iou",
        type -> assertThat(((LedgerType.Definition.Struct) type).fields())
            .containsEntry("amount", new LedgerType.Numeric(10))
            .containsEntry("notes", new LedgerType.ListOf(LedgerType.Simple.TEXT)));
  }

  @Test
  void dependenciesAreReadInTheOrderOfAManifestWhoseLinesAreFolded() {
    byte[][] dalfs = new byte[12][];
    for (int i = 0; i < dalfs.length; i++) {
      dalfs[i] = DarWriter.dalf(new DarWriter("dependency-" + i, "1.0." + i, "M").payload());
    }
    Dar dar = read(DarWriter.dar("a-rather-long-name-for-a-package-that-goes-beyond-seventy-two-bytes-1.0.0", dalfs));
    assertThat(dar.packages().map(p -> p.version().orElseThrow())).hasSize(12).startsWith("1.0.0", "1.0.1")
        .endsWith("1.0.11");
  }

  @Test
  void packageFromBefore17HasItsNamesAsTextAndTakesItsOwnNameFromTheManifest() {
    var wire = dev.fairway.daml.wire.lf1.Package.newBuilder().addModules(dev.fairway.daml.wire.lf1.Module.newBuilder()
        .setDname(DottedName.newBuilder().addSegments("Old").addSegments("Module"))
        .addDataTypes(dev.fairway.daml.wire.lf1.DataType.newBuilder().setSerializable(true)
            .setDname(DottedName.newBuilder().addSegments("Price"))
            .setRecord(dev.fairway.daml.wire.lf1.DataType.Fields.newBuilder()
                .addFields(dev.fairway.daml.wire.lf1.Field.newBuilder().setStr("value")
                    .setType(dev.fairway.daml.wire.lf1.Type.newBuilder()
                        .setBuiltin(dev.fairway.daml.wire.lf1.Type.Builtin.newBuilder().setKind(3)))))))
        .build();
    byte[] payload = ArchivePayload.newBuilder().setMinor("6").setLf1(wire.toByteString()).build().toByteArray();
    Dar dar = read(DarWriter.dar("old-thing-0.1.0", DarWriter.dalf(payload)));
    assertThat(dar.main().languageVersion()).isEqualTo("1.6");
    assertThat(dar.main().name()).contains("old-thing");
    assertThat(dar.main().version()).contains("0.1.0");
    assertThat(dar.main().dataType("Old.Module", "Price"))
        .contains(new DataType.Struct("Price", List.of(), true, List.of(new DataType.Field("value",
            new Builtin(Kind.NUMERIC, List.of(new DamlType.Natural(10)))))));
  }

  @Test
  void secondLanguageMajorIsReadWithAbsentIndexesAsZeroAndTypesAppliedOneByOne() {
    var text = lf2(dev.fairway.daml.wire.lf2.Type.Builtin.newBuilder().setKind(7));
    var map = dev.fairway.daml.wire.lf2.Type.newBuilder()
        .setApplication(dev.fairway.daml.wire.lf2.Type.Application.newBuilder()
            .setLeft(dev.fairway.daml.wire.lf2.Type.newBuilder()
                .setApplication(dev.fairway.daml.wire.lf2.Type.Application.newBuilder()
                    .setLeft(lf2(dev.fairway.daml.wire.lf2.Type.Builtin.newBuilder().setKind(11))).setRight(text)))
            .setRight(lf2(dev.fairway.daml.wire.lf2.Type.Builtin.newBuilder().setKind(2))));
    var wire = dev.fairway.daml.wire.lf2.Package.newBuilder().addStrings("First").addStrings("entries")
        .addStrings("pkg")
        .addStrings("3.0.0")
        .addDottedNames(dev.fairway.daml.wire.lf2.InternedDottedName.newBuilder().addSegments(0)).addTypes(map)
        .setMetadata(dev.fairway.daml.wire.lf2.Metadata.newBuilder().setName(2).setVersion(3))
        .addModules(dev.fairway.daml.wire.lf2.Module.newBuilder()
            .addDataTypes(dev.fairway.daml.wire.lf2.DataType.newBuilder().setSerializable(true)
                .setRecord(dev.fairway.daml.wire.lf2.DataType.Fields.newBuilder()
                    .addFields(dev.fairway.daml.wire.lf2.Field.newBuilder().setName(1)
                        .setType(dev.fairway.daml.wire.lf2.Type.newBuilder().setInterned(0)))))
            .addTemplates(dev.fairway.daml.wire.lf2.Template.newBuilder()))
        .build();
    byte[] payload = ArchivePayload.newBuilder().setMinor("2").setLf2(wire.toByteString()).build().toByteArray();
    Dar dar = read(DarWriter.dar("x", DarWriter.dalf(payload)));
    assertThat(dar.main().languageVersion()).isEqualTo("2.2");
    assertThat(dar.main().template("First", "First")).isPresent();
    assertThat(dar.main().dataType("First", "First")).contains(new DataType.Struct("First", List.of(), true,
        List.of(new DataType.Field("entries", new Builtin(Kind.GENMAP,
            List.of(new Builtin(Kind.TEXT, List.of()), new Builtin(Kind.INT64, List.of())))))));
  }

  private static dev.fairway.daml.wire.lf2.Type.Builder lf2(dev.fairway.daml.wire.lf2.Type.Builtin.Builder builtin) {
    return dev.fairway.daml.wire.lf2.Type.newBuilder().setBuiltin(builtin);
  }

  @Test
  void alteredByteIsRefused() {
    byte[] payload = IOU.payload();
    byte[] altered = payload.clone();
    altered[payload.length / 2] ^= 1;
    byte[] dalf = Archive.newBuilder().setPayload(ByteString.copyFrom(altered)).setHash(DarWriter.sha256(payload))
        .build()
        .toByteArray();
    assertRefused(ErrorCode.INVALID, "damaged or altered", () -> read(DarWriter.dar("iou-1.2.0", dalf)));
    assertRefused(ErrorCode.INVALID, "damaged or altered",
        () -> DarReader.readPayload(DarWriter.sha256(payload), altered));
  }

  @Test
  void whatIsNoDarIsRefusedWithTheReason() {
    assertRefused(ErrorCode.INVALID, "not a zip file", () -> read(new byte[]{1, 2, 3}));
    assertRefused(ErrorCode.INVALID, "no Main-Dalf", () -> read(DarWriter.zip("Manifest-Version: 1.0\n\n", Map.of())));
    assertRefused(ErrorCode.INVALID, "names gone.dalf, which is not in the DAR",
        () -> read(DarWriter.zip("Manifest-Version: 1.0\nMain-Dalf: gone.dalf\n\n", Map.of())));
    assertRefused(ErrorCode.INVALID, "is encrypted", () -> read(
        DarWriter.zip("Manifest-Version: 1.0\nMain-Dalf: a.dalf\nEncryption: rot13\n\n",
            Map.of("a.dalf", new byte[0]))));
    assertRefused(ErrorCode.NOT_FOUND, "no DAR at", () -> new DarReader().read(Path.of("no", "such.dar")));
    byte[] whole = IOU.dar();
    assertRefused(ErrorCode.INVALID, "", () -> read(java.util.Arrays.copyOf(whole, whole.length / 2)));
  }

  @Test
  void bombIsRefusedBeforeItIsUnpacked() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("big.dalf", new byte[3_000_000]);
    byte[] bomb = DarWriter.zip("Manifest-Version: 1.0\nMain-Dalf: big.dalf\n\n", entries);
    assertThat(bomb.length).isLessThan(10_000);
    assertRefused(ErrorCode.TOO_LARGE, "entry big.dalf has more than 1000000 bytes",
        () -> new DarReader(new DarReader.Limits(10, 10_000_000, 1_000_000)).read(new ByteArrayInputStream(bomb)));
    assertRefused(ErrorCode.TOO_LARGE, "more than 2000000 bytes when unpacked",
        () -> new DarReader(new DarReader.Limits(10, 2_000_000, 5_000_000)).read(new ByteArrayInputStream(bomb)));
    assertRefused(ErrorCode.TOO_LARGE, "more than 1 entries",
        () -> new DarReader(new DarReader.Limits(1, 9_000_000, 5_000_000)).read(new ByteArrayInputStream(bomb)));
  }

  @Test
  void typeThatNestsWithoutEndIsRefused() {
    var type = dev.fairway.daml.wire.lf1.Type.newBuilder()
        .setBuiltin(dev.fairway.daml.wire.lf1.Type.Builtin.newBuilder().setKind(5)).build();
    for (int i = 0; i < 400; i++) {
      type = dev.fairway.daml.wire.lf1.Type.newBuilder()
          .setBuiltin(dev.fairway.daml.wire.lf1.Type.Builtin.newBuilder().setKind(9).addArgs(type)).build();
    }
    byte[] payload = payload(dev.fairway.daml.wire.lf1.Package.newBuilder().addTypes(type));
    assertRefused(ErrorCode.INVALID, "not Daml-LF", () -> DarReader.readDalf(DarWriter.dalf(payload)));
  }

  @Test
  void tableOfTypesThatDoublesAtEachEntryIsRefused() {
    var wire = dev.fairway.daml.wire.lf1.Package.newBuilder().addTypes(dev.fairway.daml.wire.lf1.Type.newBuilder()
        .setBuiltin(dev.fairway.daml.wire.lf1.Type.Builtin.newBuilder().setKind(5)));
    for (int i = 0; i < 60; i++) {
      var before = dev.fairway.daml.wire.lf1.Type.newBuilder().setInterned(i);
      wire.addTypes(dev.fairway.daml.wire.lf1.Type.newBuilder().setBuiltin(
          dev.fairway.daml.wire.lf1.Type.Builtin.newBuilder().setKind(20).addArgs(before).addArgs(before)));
    }
    byte[] payload = payload(wire);
    assertRefused(ErrorCode.INVALID, "at most 100 and 10000 are read",
        () -> DarReader.readDalf(DarWriter.dalf(payload)));
  }

  @Test
  void typeThatContainsItselfIsRefused() {
    byte[] payload = payload(dev.fairway.daml.wire.lf1.Package.newBuilder()
        .addTypes(dev.fairway.daml.wire.lf1.Type.newBuilder().setInterned(0)));
    assertRefused(ErrorCode.INVALID, "type 0 is used before", () -> DarReader.readDalf(DarWriter.dalf(payload)));
  }

  @Test
  void languageVersionThatIsNotReadIsNamed() {
    byte[] tooOld = ArchivePayload.newBuilder().setMinor("5").setLf1(ByteString.EMPTY).build().toByteArray();
    byte[] unknown = ArchivePayload.newBuilder().setMinor("1").build().toByteArray();
    assertRefused(ErrorCode.INVALID, "Daml-LF 1.5 is not read, 1.6 to 1.17 are",
        () -> DarReader.readDalf(DarWriter.dalf(tooOld)));
    assertRefused(ErrorCode.INVALID, "neither Daml-LF 1 nor 2", () -> DarReader.readDalf(DarWriter.dalf(unknown)));
  }

  private static byte[] payload(dev.fairway.daml.wire.lf1.Package.Builder wire) {
    return ArchivePayload.newBuilder().setMinor("14").setLf1(wire.build().toByteString()).build().toByteArray();
  }

  @Property(tries = 1_000, seed = "4711")
  void alteredFileIsReadOrRefusedAndNeverBreaksTheReader(@ForAll @IntRange(max = 1_000_000) int position,
      @ForAll byte value, @ForAll boolean withSoundHash) {
    byte[] payload = IOU.payload();
    byte[] dar;
    if (withSoundHash) {
      payload[position % payload.length] = value;
      dar = DarWriter.dar("iou-1.2.0", DarWriter.dalf(payload));
    } else {
      dar = IOU.dar();
      dar[position % dar.length] = value;
    }
    Optional<Dar> read = readOrRefuse(dar);
    if (!withSoundHash) {
      assertThat(read.map(d -> d.main().id()).orElse(IOU.packageId())).isEqualTo(IOU.packageId());
    }
  }

  @Property(tries = 300, seed = "4712")
  void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
    readOrRefuse(bytes);
    readOrRefuse(DarWriter.dar("x", bytes));
    readOrRefuse(DarWriter.dar("x", DarWriter.dalf(bytes)));
    for (String minor : List.of("8", "14")) {
      readOrRefuse(DarWriter.dar("x", DarWriter.dalf(ArchivePayload.newBuilder().setMinor(minor)
          .setLf1(ByteString.copyFrom(bytes)).build().toByteArray())));
    }
    readOrRefuse(DarWriter.dar("x", DarWriter.dalf(ArchivePayload.newBuilder().setMinor("1")
        .setLf2(ByteString.copyFrom(bytes)).build().toByteArray())));
  }

  private static Optional<Dar> readOrRefuse(byte[] bytes) {
    try {
      Dar dar = read(bytes);
      assertThat(dar.main().toLedgerPackage().id()).isEqualTo(dar.main().id());
      return Optional.of(dar);
    } catch (FairwayException e) {
      assertThat(e.code()).isIn(ErrorCode.INVALID, ErrorCode.TOO_LARGE);
      return Optional.empty();
    }
  }
}
