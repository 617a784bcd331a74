package dev.fairway.daml.dar;

import dev.fairway.daml.dar.Tables.Measured;
import dev.fairway.daml.wire.lf2.Choice;
import dev.fairway.daml.wire.lf2.Field;
import dev.fairway.daml.wire.lf2.Implements;
import dev.fairway.daml.wire.lf2.Interface;
import dev.fairway.daml.wire.lf2.InternedDottedName;
import dev.fairway.daml.wire.lf2.Package;
import dev.fairway.daml.wire.lf2.PackageRef;
import dev.fairway.daml.wire.lf2.Type;
import dev.fairway.daml.wire.lf2.TypeName;
import java.util.List;
import java.util.Optional;

/** Daml-LF 2: every name is an index, and newer minor versions apply types to their arguments one by one. */
final class Lf2Decoder {
  private final Tables tables;

  private Lf2Decoder(Tables tables) {
    this.tables = tables;
  }

  static DamlPackage decode(String packageId, String languageVersion, Package wire) {
    Tables tables = new Tables(packageId, wire.getStringsList(),
        wire.getDottedNamesList().stream().map(InternedDottedName::getSegmentsList).toList());
    Lf2Decoder decoder = new Lf2Decoder(tables);
    wire.getTypesList().forEach(type -> tables.addType(decoder.measure(type)));
    return new DamlPackage(packageId, languageVersion,
        wire.hasMetadata() ? Optional.of(tables.string(wire.getMetadata().getName())) : Optional.empty(),
        wire.hasMetadata() ? Optional.of(tables.string(wire.getMetadata().getVersion())) : Optional.empty(),
        wire.getModulesList().stream().map(decoder::module).toList());
  }

  private DamlPackage.Module module(dev.fairway.daml.wire.lf2.Module wire) {
    return new DamlPackage.Module(tables.dottedName(wire.getDname()),
        wire.getDataTypesList().stream().map(this::dataType).toList(),
        wire.getTemplatesList().stream().map(this::template).toList(),
        wire.getInterfacesList().stream().map(this::interfaceOf).toList());
  }

  private Template template(dev.fairway.daml.wire.lf2.Template wire) {
    String name = tables.dottedName(wire.getDname());
    return new Template(name, wire.getChoicesList().stream().map(this::choice).toList(),
        wire.hasKey()
            ? Optional.of(type(wire.getKey().hasType(), wire.getKey().getType(), name + "'s key"))
            : Optional.empty(),
        wire.getImplementsList().stream().map(Implements::getInterface).map(this::typeRef).toList());
  }

  private Template.Interface interfaceOf(Interface wire) {
    return new Template.Interface(tables.dottedName(wire.getDname()),
        wire.getChoicesList().stream().map(this::choice).toList(),
        wire.hasView() ? Optional.of(measure(wire.getView()).type()) : Optional.empty(),
        wire.getRequiresList().stream().map(this::typeRef).toList());
  }

  private Template.Choice choice(Choice wire) {
    String name = tables.string(wire.getName());
    return new Template.Choice(name, wire.getConsuming(),
        type(wire.hasArgument() && wire.getArgument().hasType(), wire.getArgument().getType(), name + "'s argument"),
        type(wire.hasReturns(), wire.getReturns(), name + "'s result"));
  }

  private DataType dataType(dev.fairway.daml.wire.lf2.DataType wire) {
    String name = tables.dottedName(wire.getDname());
    List<String> params = wire.getParamsList().stream().map(param -> tables.string(param.getName())).toList();
    return switch (wire.getBodyCase()) {
      case RECORD -> new DataType.Struct(name, params, wire.getSerializable(),
          wire.getRecord().getFieldsList().stream().map(this::field).toList());
      case VARIANT -> new DataType.Variant(name, params, wire.getSerializable(),
          wire.getVariant().getFieldsList().stream().map(this::field).toList());
      case ENUM -> new DataType.Enumeration(name, wire.getSerializable(),
          wire.getEnum().getNamesList().stream().map(tables::string).toList());
      case INTERFACE -> new DataType.InterfaceType(name);
      case BODY_NOT_SET -> throw tables.invalid("the data type " + name + " is of no known kind");
    };
  }

  private DataType.Field field(Field wire) {
    String name = tables.string(wire.getName());
    return new DataType.Field(name, type(wire.hasType(), wire.getType(), name + "'s type"));
  }

  private DamlType type(boolean present, Type wire, String what) {
    return tables.required(present, () -> measure(wire).type(), what);
  }

  private Measured measure(Type wire) {
    return switch (wire.getSumCase()) {
      case INTERNED -> tables.type(wire.getInterned());
      case BUILTIN -> builtin(wire.getBuiltin().getKind(), measures(wire.getBuiltin().getArgsList()));
      case CON -> tables.named(typeRef(wire.getCon().getName()), measures(wire.getCon().getArgsList()));
      case APPLICATION -> tables.apply(measure(wire.getApplication().getLeft()),
          measure(wire.getApplication().getRight()));
      case VARIABLE -> {
        String name = tables.string(wire.getVariable().getName());
        yield tables.leaf(wire.getVariable().getArgsCount() == 0
            ? new DamlType.Variable(name)
            : new DamlType.Opaque("applied variable " + name));
      }
      case NAT -> tables.leaf(new DamlType.Natural(wire.getNat()));
      case SYNONYM -> tables.leaf(new DamlType.Opaque("synonym " + typeRef(wire.getSynonym().getName())));
      case FORALL -> tables.leaf(new DamlType.Opaque("forall"));
      case STRUCT -> tables.leaf(new DamlType.Opaque("struct"));
      case SUM_NOT_SET -> throw tables.invalid("a type is of no known kind");
    };
  }

  private List<Measured> measures(List<Type> types) {
    return types.stream().map(this::measure).toList();
  }

  private Measured builtin(int kind, List<Measured> args) {
    return switch (kind) {
      case 0 -> tables.builtin(DamlType.Kind.UNIT, args);
      case 1 -> tables.builtin(DamlType.Kind.BOOL, args);
      case 2 -> tables.builtin(DamlType.Kind.INT64, args);
      case 3 -> tables.builtin(DamlType.Kind.DATE, args);
      case 4 -> tables.builtin(DamlType.Kind.TIMESTAMP, args);
      case 5 -> tables.builtin(DamlType.Kind.NUMERIC, args);
      case 6 -> tables.builtin(DamlType.Kind.PARTY, args);
      case 7 -> tables.builtin(DamlType.Kind.TEXT, args);
      case 8 -> tables.builtin(DamlType.Kind.CONTRACT_ID, args);
      case 9 -> tables.builtin(DamlType.Kind.OPTIONAL, args);
      case 10 -> tables.builtin(DamlType.Kind.LIST, args);
      case 11 -> tables.builtin(DamlType.Kind.GENMAP, args);
      // 1001 in the development versions of 2.1.
      case 19, 1001 -> tables.builtin(DamlType.Kind.TEXTMAP, args);
      default -> tables.leaf(new DamlType.Opaque("builtin " + kind));
    };
  }

  private TypeRef typeRef(TypeName wire) {
    PackageRef reference = wire.getModule().getPackage();
    String packageId = switch (reference.getRefCase()) {
      case SELF -> tables.packageId();
      case ID_INTERNED -> tables.string(reference.getIdInterned());
      case REF_NOT_SET -> throw tables.invalid("a reference names no package");
    };
    return new TypeRef(packageId, tables.dottedName(wire.getModule().getDname()), tables.dottedName(wire.getDname()));
  }
}
