package dev.fairway.daml.dar;

import dev.fairway.daml.dar.Tables.Measured;
import dev.fairway.daml.wire.lf1.Choice;
import dev.fairway.daml.wire.lf1.DottedName;
import dev.fairway.daml.wire.lf1.Field;
import dev.fairway.daml.wire.lf1.Implements;
import dev.fairway.daml.wire.lf1.Interface;
import dev.fairway.daml.wire.lf1.InternedDottedName;
import dev.fairway.daml.wire.lf1.ModuleRef;
import dev.fairway.daml.wire.lf1.Package;
import dev.fairway.daml.wire.lf1.PackageRef;
import dev.fairway.daml.wire.lf1.Type;
import dev.fairway.daml.wire.lf1.TypeName;
import dev.fairway.daml.wire.lf1.Var;
import java.util.List;
import java.util.Optional;

/** Daml-LF 1.6 to 1.17: names are text before 1.7, indexes after. */
final class Lf1Decoder {
  private final Tables tables;

  private Lf1Decoder(Tables tables) {
    this.tables = tables;
  }

  static DamlPackage decode(String packageId, String languageVersion, Package wire) {
    Tables tables = new Tables(packageId, wire.getStringsList(),
        wire.getDottedNamesList().stream().map(InternedDottedName::getSegmentsList).toList());
    Lf1Decoder decoder = new Lf1Decoder(tables);
    wire.getTypesList().forEach(type -> tables.addType(decoder.measure(type)));
    return new DamlPackage(packageId, languageVersion,
        wire.hasMetadata() ? Optional.of(tables.string(wire.getMetadata().getName())) : Optional.empty(),
        wire.hasMetadata() ? Optional.of(tables.string(wire.getMetadata().getVersion())) : Optional.empty(),
        wire.getModulesList().stream().map(decoder::module).toList());
  }

  private DamlPackage.Module module(dev.fairway.daml.wire.lf1.Module wire) {
    String name = switch (wire.getNameCase()) {
      case DNAME -> dotted(wire.getDname());
      case DNAME_INTERNED -> tables.dottedName(wire.getDnameInterned());
      case NAME_NOT_SET -> throw tables.invalid("a module has no name");
    };
    return new DamlPackage.Module(name, wire.getDataTypesList().stream().map(this::dataType).toList(),
        wire.getTemplatesList().stream().map(this::template).toList(),
        wire.getInterfacesList().stream().map(this::interfaceOf).toList());
  }

  private Template template(dev.fairway.daml.wire.lf1.Template wire) {
    String name = switch (wire.getNameCase()) {
      case DNAME -> dotted(wire.getDname());
      case DNAME_INTERNED -> tables.dottedName(wire.getDnameInterned());
      case NAME_NOT_SET -> throw tables.invalid("a template has no name");
    };
    return new Template(name, wire.getChoicesList().stream().map(this::choice).toList(),
        wire.hasKey()
            ? Optional.of(type(wire.getKey().hasType(), wire.getKey().getType(), name + "'s key"))
            : Optional.empty(),
        wire.getImplementsList().stream().map(Implements::getInterface).map(this::typeRef).toList());
  }

  private Template.Interface interfaceOf(Interface wire) {
    return new Template.Interface(tables.dottedName(wire.getDnameInterned()),
        wire.getChoicesList().stream().map(this::choice).toList(),
        wire.hasView() ? Optional.of(measure(wire.getView()).type()) : Optional.empty(),
        wire.getRequiresList().stream().map(this::typeRef).toList());
  }

  private Template.Choice choice(Choice wire) {
    String name = switch (wire.getNameCase()) {
      case STR -> wire.getStr();
      case INTERNED -> tables.string(wire.getInterned());
      case NAME_NOT_SET -> throw tables.invalid("a choice has no name");
    };
    return new Template.Choice(name, wire.getConsuming(),
        type(wire.hasArgument() && wire.getArgument().hasType(), wire.getArgument().getType(), name + "'s argument"),
        type(wire.hasReturns(), wire.getReturns(), name + "'s result"));
  }

  private DataType dataType(dev.fairway.daml.wire.lf1.DataType wire) {
    String name = switch (wire.getNameCase()) {
      case DNAME -> dotted(wire.getDname());
      case DNAME_INTERNED -> tables.dottedName(wire.getDnameInterned());
      case NAME_NOT_SET -> throw tables.invalid("a data type has no name");
    };
    List<String> params = wire.getParamsList().stream().map(this::param).toList();
    return switch (wire.getBodyCase()) {
      case RECORD -> new DataType.Struct(name, params, wire.getSerializable(),
          wire.getRecord().getFieldsList().stream().map(this::field).toList());
      case VARIANT -> new DataType.Variant(name, params, wire.getSerializable(),
          wire.getVariant().getFieldsList().stream().map(this::field).toList());
      case ENUM -> new DataType.Enumeration(name, wire.getSerializable(),
          wire.getEnum().getStrCount() > 0
              ? wire.getEnum().getStrList()
              : wire.getEnum().getInternedList().stream().map(tables::string).toList());
      case INTERFACE -> new DataType.InterfaceType(name);
      case BODY_NOT_SET -> throw tables.invalid("the data type " + name + " is of no known kind");
    };
  }

  private String param(Var wire) {
    return switch (wire.getNameCase()) {
      case STR -> wire.getStr();
      case INTERNED -> tables.string(wire.getInterned());
      case NAME_NOT_SET -> throw tables.invalid("a type parameter has no name");
    };
  }

  private DataType.Field field(Field wire) {
    String name = switch (wire.getNameCase()) {
      case STR -> wire.getStr();
      case INTERNED -> tables.string(wire.getInterned());
      case NAME_NOT_SET -> throw tables.invalid("a field has no name");
    };
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
      case VARIABLE -> variable(wire.getVariable());
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

  private Measured variable(Type.Variable wire) {
    String name = switch (wire.getNameCase()) {
      case STR -> wire.getStr();
      case INTERNED -> tables.string(wire.getInterned());
      case NAME_NOT_SET -> throw tables.invalid("a type variable has no name");
    };
    return tables.leaf(wire.getArgsCount() == 0
        ? new DamlType.Variable(name)
        : new DamlType.Opaque("applied variable " + name));
  }

  private Measured builtin(int kind, List<Measured> args) {
    return switch (kind) {
      case 0 -> tables.builtin(DamlType.Kind.UNIT, args);
      case 1 -> tables.builtin(DamlType.Kind.BOOL, args);
      case 2 -> tables.builtin(DamlType.Kind.INT64, args);
      // Before 1.7 a decimal had ten places, always.
      case 3 -> tables.builtin(DamlType.Kind.NUMERIC, List.of(tables.leaf(new DamlType.Natural(10))));
      case 5 -> tables.builtin(DamlType.Kind.TEXT, args);
      case 6 -> tables.builtin(DamlType.Kind.TIMESTAMP, args);
      case 8 -> tables.builtin(DamlType.Kind.PARTY, args);
      case 9 -> tables.builtin(DamlType.Kind.LIST, args);
      case 12 -> tables.builtin(DamlType.Kind.DATE, args);
      case 13 -> tables.builtin(DamlType.Kind.CONTRACT_ID, args);
      case 14 -> tables.builtin(DamlType.Kind.OPTIONAL, args);
      case 16 -> tables.builtin(DamlType.Kind.TEXTMAP, args);
      case 17 -> tables.builtin(DamlType.Kind.NUMERIC, args);
      case 20 -> tables.builtin(DamlType.Kind.GENMAP, args);
      default -> tables.leaf(new DamlType.Opaque("builtin " + kind));
    };
  }

  private TypeRef typeRef(TypeName wire) {
    ModuleRef module = wire.getModule();
    String moduleName = switch (module.getNameCase()) {
      case DNAME -> dotted(module.getDname());
      case DNAME_INTERNED -> tables.dottedName(module.getDnameInterned());
      case NAME_NOT_SET -> throw tables.invalid("a reference names no module");
    };
    String entity = switch (wire.getNameCase()) {
      case DNAME -> dotted(wire.getDname());
      case DNAME_INTERNED -> tables.dottedName(wire.getDnameInterned());
      case NAME_NOT_SET -> throw tables.invalid("a reference into " + moduleName + " names nothing");
    };
    return new TypeRef(packageId(module.getPackage()), moduleName, entity);
  }

  private String packageId(PackageRef wire) {
    return switch (wire.getRefCase()) {
      case SELF -> tables.packageId();
      case ID_STR -> wire.getIdStr();
      case ID_INTERNED -> tables.string(wire.getIdInterned());
      case REF_NOT_SET -> throw tables.invalid("a reference names no package");
    };
  }

  private static String dotted(DottedName wire) {
    return String.join(".", wire.getSegmentsList());
  }
}
