package dev.fairway.daml.dar;

import com.google.protobuf.ByteString;
import dev.fairway.daml.source.Source;
import dev.fairway.daml.source.Source.Expr;
import dev.fairway.daml.source.Source.Type;
import dev.fairway.daml.source.Source.Update;
import dev.fairway.daml.wire.lf.Archive;
import dev.fairway.daml.wire.lf.ArchivePayload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a package without a Daml compiler: Daml-LF 1.8, which every ledger that speaks the Ledger API v1
 * runs. Expressions are of the tests' needs only.
 */
public final class DarWriter {
  public static final int UNIT = 0;
  public static final int BOOL = 1;
  public static final int INT64 = 2;
  public static final int TEXT = 5;
  public static final int TIMESTAMP = 6;
  public static final int PARTY = 8;
  public static final int LIST = 9;
  public static final int UPDATE = 10;
  public static final int DATE = 12;
  public static final int CONTRACT_ID = 13;
  public static final int OPTIONAL = 14;
  public static final int TEXTMAP = 16;
  public static final int NUMERIC = 17;
  public static final int GENMAP = 20;

  private final List<String> strings = new ArrayList<>(List.of(""));
  private final List<Source.Dotted> dottedNames = new ArrayList<>();
  private final List<Source.Module.Builder> modules = new ArrayList<>();
  private Source.Module.Builder module;
  private final String name;
  private final String version;

  public DarWriter(String name, String version, String moduleName) {
    this.name = name;
    this.version = version;
    this.module = open(moduleName);
  }

  private Source.Module.Builder open(String moduleName) {
    Source.Module.Builder opened = Source.Module.newBuilder().setDname(dotted(moduleName))
        .setFlags(Source.Flags.newBuilder().setForbidPartyLiterals(true).setNoDivulgence(true).setNoDisclosure(true));
    modules.add(opened);
    return opened;
  }

  /** What comes from here on is in this module. */
  public DarWriter module(String moduleName) {
    module = open(moduleName);
    return this;
  }

  public int str(String text) {
    int known = strings.indexOf(text);
    if (known >= 0) {
      return known;
    }
    strings.add(text);
    return strings.size() - 1;
  }

  public int dotted(String dottedName) {
    Source.Dotted segments = Source.Dotted.newBuilder()
        .addAllSegments(Arrays.stream(dottedName.split("\\.")).map(this::str).toList()).build();
    int known = dottedNames.indexOf(segments);
    if (known >= 0) {
      return known;
    }
    dottedNames.add(segments);
    return dottedNames.size() - 1;
  }

  /** @param entity of this module, or {@code Module:Entity} */
  public Source.TypeName ref(String entity) {
    int colon = entity.indexOf(':');
    return Source.TypeName.newBuilder()
        .setModule(Source.ModuleRef.newBuilder()
            .setPackage(Source.PackageRef.newBuilder().setSelf(Source.Empty.getDefaultInstance()))
            .setDname(colon < 0 ? module.getDname() : dotted(entity.substring(0, colon))))
        .setDname(dotted(entity.substring(colon + 1))).build();
  }

  public Type.Con con(String entity) {
    return Type.Con.newBuilder().setName(ref(entity)).build();
  }

  public Type type(String entity) {
    return Type.newBuilder().setCon(con(entity)).build();
  }

  public Type type(int kind, Type... args) {
    return Type.newBuilder().setPrim(Type.Prim.newBuilder().setKind(kind).addAllArgs(List.of(args))).build();
  }

  public Type numeric(long scale) {
    return type(NUMERIC, Type.newBuilder().setNat(scale).build());
  }

  /** Fields by name, in the order of the map. */
  public DarWriter record(String entity, Map<String, Type> fields) {
    module.addDataTypes(Source.DataType.newBuilder().setDname(dotted(entity)).setSerializable(true)
        .setRecord(fields(fields)));
    return this;
  }

  public DarWriter variant(String entity, Map<String, Type> constructors) {
    module.addDataTypes(Source.DataType.newBuilder().setDname(dotted(entity)).setSerializable(true)
        .setVariant(fields(constructors)));
    return this;
  }

  public DarWriter enumeration(String entity, String... constructors) {
    module.addDataTypes(Source.DataType.newBuilder().setDname(dotted(entity)).setSerializable(true).setEnum(
        Source.DataType.Names.newBuilder().addAllNames(Arrays.stream(constructors).map(this::str).toList())));
    return this;
  }

  private Source.DataType.Fields fields(Map<String, Type> fields) {
    Source.DataType.Fields.Builder all = Source.DataType.Fields.newBuilder();
    fields.forEach((field, type) -> all.addFields(Source.TypedName.newBuilder().setStr(str(field)).setType(type)));
    return all.build();
  }

  public static Map<String, Type> fields(Object... namesAndTypes) {
    Map<String, Type> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      fields.put((String) namesAndTypes[i], (Type) namesAndTypes[i + 1]);
    }
    return fields;
  }

  /** A template without key; its record must be declared too. Expressions see the contract as {@code this}. */
  public Source.Template.Builder template(String entity, Expr signatories, Expr observers,
      Source.Choice.Builder... choices) {
    Source.Template.Builder template = Source.Template.newBuilder().setDname(dotted(entity))
        .setParamStr(str("this")).setPrecond(Expr.newBuilder().setPrimCon(2)).setSignatories(signatories)
        .setObservers(observers).setAgreement(text(""));
    Arrays.stream(choices).forEach(template::addChoices);
    return template;
  }

  public DarWriter add(Source.Template.Builder template) {
    module.addTemplates(template);
    return this;
  }

  /** A key; the maintainers are a function of it. */
  public Source.Template.Key key(Type type, Expr key, String binder, Expr maintainers) {
    return Source.Template.Key.newBuilder().setType(type).setExpr(key).setMaintainers(lambda(binder, type, maintainers))
        .build();
  }

  /** A choice; its argument is bound to {@code arg}, the contract's id to {@code self}. */
  public Source.Choice.Builder choice(String choice, boolean consuming, Expr controllers, Type argument, Type returns,
      Update.Builder body) {
    return Source.Choice.newBuilder().setStr(str(choice)).setConsuming(consuming).setControllers(controllers)
        .setArg(Source.TypedName.newBuilder().setStr(str("arg")).setType(argument)).setReturns(returns)
        .setSelfStr(str("self")).setUpdate(Expr.newBuilder().setUpdate(body));
  }

  /** The choice that compiled templates have by themselves. */
  public Source.Choice.Builder archive(Expr controllers) {
    return choice("Archive", true, controllers, type("Archive"), type(UNIT), pure(type(UNIT), unit()));
  }

  public Expr variable(String variable) {
    return Expr.newBuilder().setVar(str(variable)).build();
  }

  public Expr unit() {
    return Expr.newBuilder().setPrimCon(0).build();
  }

  public Expr text(String literal) {
    return Expr.newBuilder().setLiteral(Expr.Literal.newBuilder().setText(str(literal))).build();
  }

  public Expr field(String entity, String field, Expr record) {
    return Expr.newBuilder()
        .setRecProj(Expr.RecProj.newBuilder().setType(con(entity)).setName(str(field)).setRecord(record)).build();
  }

  public Expr recordOf(String entity, Map<String, Expr> fields) {
    Expr.RecCon.Builder record = Expr.RecCon.newBuilder().setType(con(entity));
    fields.forEach((field, expr) -> record.addFields(Source.FieldValue.newBuilder().setStr(str(field)).setExpr(expr)));
    return Expr.newBuilder().setRecCon(record).build();
  }

  public Expr parties(Expr... parties) {
    Expr nil = Expr.newBuilder().setNil(Expr.Nil.newBuilder().setType(type(PARTY))).build();
    return parties.length == 0
        ? nil
        : Expr.newBuilder().setCons(
            Expr.Cons.newBuilder().setType(type(PARTY)).addAllFront(List.of(parties)).setTail(nil)).build();
  }

  public Expr lambda(String binder, Type type, Expr body) {
    return Expr.newBuilder().setAbs(
        Expr.Abs.newBuilder().addParam(Source.TypedName.newBuilder().setStr(str(binder)).setType(type)).setBody(body))
        .build();
  }

  public Update.Builder pure(Type type, Expr value) {
    return Update.newBuilder().setPure(Source.Pure.newBuilder().setType(type).setExpr(value));
  }

  public Update.Builder create(String template, Expr argument) {
    return Update.newBuilder().setCreate(Update.Create.newBuilder().setTemplate(ref(template)).setExpr(argument));
  }

  public Update.Builder exercise(String template, String choice, Expr contractId, Expr argument) {
    return Update.newBuilder().setExercise(Update.Exercise.newBuilder().setTemplate(ref(template)).setName(str(choice))
        .setCid(contractId).setArg(argument));
  }

  public Source.Binding bind(String binder, Type type, Update.Builder update) {
    return Source.Binding.newBuilder().setBinder(Source.TypedName.newBuilder().setStr(str(binder)).setType(type))
        .setBound(Expr.newBuilder().setUpdate(update)).build();
  }

  public Update.Builder block(List<Source.Binding> bindings, Update.Builder last) {
    return Update.newBuilder().setBlock(
        Source.Block.newBuilder().addAllBindings(bindings).setBody(Expr.newBuilder().setUpdate(last)));
  }

  /** The package's bytes, as they are hashed. */
  public byte[] payload() {
    Source.Metadata metadata = Source.Metadata.newBuilder().setName(str(name)).setVersion(str(version)).build();
    Source.Package written = Source.Package.newBuilder()
        .addAllModules(modules.stream().map(Source.Module.Builder::build).toList()).addAllStrings(strings)
        .addAllDottedNames(dottedNames).setMetadata(metadata).build();
    return ArchivePayload.newBuilder().setMinor("8").setLf1(written.toByteString()).build().toByteArray();
  }

  public String packageId() {
    return sha256(payload());
  }

  public byte[] dar() {
    return dar(name + "-" + version, dalf(payload()));
  }

  static byte[] dalf(byte[] payload) {
    return Archive.newBuilder().setPayload(ByteString.copyFrom(payload)).setHash(sha256(payload)).build().toByteArray();
  }

  /** The main package first. */
  static byte[] dar(String name, byte[]... dalfs) {
    List<String> names = new ArrayList<>();
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (int i = 0; i < dalfs.length; i++) {
      names.add("p" + i + ".dalf");
      entries.put("p" + i + ".dalf", dalfs[i]);
    }
    String manifest = String.join("\n", "Manifest-Version: 1.0", "Created-By: fairway", folded("Name: " + name),
        "Sdk-Version: 1.13.1", "Main-Dalf: p0.dalf", folded("Dalfs: " + String.join(", ", names)), "Format: daml-lf",
        "Encryption: non-encrypted", "", "");
    return zip(manifest, entries);
  }

  /** A manifest's line ends after 72 bytes; the next begins with a blank. */
  private static String folded(String line) {
    return line.length() <= 72 ? line : line.substring(0, 72) + "\n" + folded(" " + line.substring(72));
  }

  static byte[] zip(String manifest, Map<String, byte[]> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
      zip.write(manifest.getBytes(StandardCharsets.UTF_8));
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
