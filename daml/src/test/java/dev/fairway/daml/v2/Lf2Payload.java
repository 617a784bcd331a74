package dev.fairway.daml.v2;

import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.LedgerType;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.daml.wire.lf.ArchivePayload;
import dev.fairway.daml.wire.lf2.Choice;
import dev.fairway.daml.wire.lf2.DataType;
import dev.fairway.daml.wire.lf2.Empty;
import dev.fairway.daml.wire.lf2.Field;
import dev.fairway.daml.wire.lf2.InternedDottedName;
import dev.fairway.daml.wire.lf2.Metadata;
import dev.fairway.daml.wire.lf2.Module;
import dev.fairway.daml.wire.lf2.ModuleRef;
import dev.fairway.daml.wire.lf2.Package;
import dev.fairway.daml.wire.lf2.PackageRef;
import dev.fairway.daml.wire.lf2.Template;
import dev.fairway.daml.wire.lf2.Type;
import dev.fairway.daml.wire.lf2.TypeName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** The declarations of a package as Daml-LF 2.1: what a participant hands out, less the expressions. Keys are left out. */
final class Lf2Payload {
  private final List<String> strings = new ArrayList<>();
  private final List<InternedDottedName> dottedNames = new ArrayList<>();

  private Lf2Payload() {}

  static byte[] of(LedgerPackage pkg) {
    Package written = new Lf2Payload().write(pkg);
    return ArchivePayload.newBuilder().setMinor("1").setLf2(written.toByteString()).build().toByteArray();
  }

  private Package write(LedgerPackage pkg) {
    Package.Builder written = Package.newBuilder();
    String moduleName = pkg.templates().firstEntry().getKey().split(":", -1)[0];
    Module.Builder module = Module.newBuilder().setDname(dotted(moduleName));
    pkg.types().forEach((name, definition) -> module.addDataTypes(dataType(entity(name), definition)));
    pkg.templates().forEach((name, template) -> {
      Template.Builder wire = Template.newBuilder().setDname(dotted(entity(name)));
      template.choices()
          .forEach((choice, c) -> wire.addChoices(Choice.newBuilder().setName(str(choice)).setConsuming(c.consuming())
              .setArgument(Field.newBuilder().setName(str("arg")).setType(type(c.argument())))
              .setReturns(type(c.result()))));
      module.addTemplates(wire);
    });
    written.addModules(module);
    written.setMetadata(Metadata.newBuilder().setName(str(pkg.name())).setVersion(str(pkg.version())));
    return written.addAllStrings(strings).addAllDottedNames(dottedNames).build();
  }

  private static String entity(String name) {
    return name.split(":", -1)[1];
  }

  private DataType dataType(String name, LedgerType.Definition definition) {
    DataType.Builder wire = DataType.newBuilder().setDname(dotted(name)).setSerializable(true);
    switch (definition) {
      case LedgerType.Definition.Struct(_, var fields) -> wire.setRecord(fields(fields));
      case LedgerType.Definition.Variant(_, var constructors) -> wire.setVariant(fields(constructors));
      case LedgerType.Definition.Enumeration(var constructors) -> wire.setEnum(
          DataType.Constructors.newBuilder().addAllNames(constructors.stream().map(this::str).toList()));
    }
    return wire.build();
  }

  private DataType.Fields fields(SequencedMap<String, LedgerType> fields) {
    DataType.Fields.Builder wire = DataType.Fields.newBuilder();
    for (Map.Entry<String, LedgerType> field : fields.entrySet()) {
      wire.addFields(Field.newBuilder().setName(str(field.getKey())).setType(type(field.getValue())));
    }
    return wire.build();
  }

  private Type type(LedgerType type) {
    return switch (type) {
      case LedgerType.Simple simple -> builtin(switch (simple) {
        case UNIT -> 0;
        case BOOL -> 1;
        case INT64 -> 2;
        case DATE -> 3;
        case TIMESTAMP -> 4;
        case PARTY -> 6;
        case TEXT -> 7;
      });
      case LedgerType.Numeric(int scale) -> builtin(5, Type.newBuilder().setNat(scale).build());
      case LedgerType.ContractOf(var template) -> builtin(8,
          template.map(this::named).orElseGet(() -> builtin(0)));
      case LedgerType.OptionalOf(var value) -> builtin(9, type(value));
      case LedgerType.ListOf(var item) -> builtin(10, type(item));
      case LedgerType.GenMapOf(var key, var value) -> builtin(11, type(key), type(value));
      case LedgerType.TextMapOf(var value) -> builtin(19, type(value));
      case LedgerType.Named(var name, _) -> named(name);
      case LedgerType.Parameter _,LedgerType.Opaque _ -> throw new IllegalArgumentException("not written: " + type);
    };
  }

  private static Type builtin(int kind, Type... args) {
    return Type.newBuilder().setBuiltin(Type.Builtin.newBuilder().setKind(kind).addAllArgs(List.of(args))).build();
  }

  private Type named(TemplateId name) {
    return Type.newBuilder().setCon(Type.Named.newBuilder().setName(TypeName.newBuilder()
        .setModule(ModuleRef.newBuilder().setPackage(PackageRef.newBuilder().setSelf(Empty.getDefaultInstance()))
            .setDname(dotted(name.module())))
        .setDname(dotted(name.entity())))).build();
  }

  private int str(String text) {
    if (!strings.contains(text)) {
      strings.add(text);
    }
    return strings.indexOf(text);
  }

  private int dotted(String name) {
    InternedDottedName segments = InternedDottedName.newBuilder()
        .addAllSegments(Arrays.stream(name.split("\\.", -1)).map(this::str).toList()).build();
    if (!dottedNames.contains(segments)) {
      dottedNames.add(segments);
    }
    return dottedNames.indexOf(segments);
  }
}
