package dev.fairway.automation.pack;

import dev.fairway.automation.sdk.Exits;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes the calls out of an integration's code that would end the node's process: {@code System.exit}, {@code Runtime.exit}
 * and {@code Runtime.halt} throw instead. A guard against mistakes, not against malice: reflection still finds a way.
 */
final class ExitGuard {
  private static final ClassDesc EXITS = ClassDesc.of(Exits.class.getName());
  private static final ClassDesc RUNTIME = ClassDesc.of("java.lang.Runtime");
  private static final MethodTypeDesc STATUS = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
  private static final MethodTypeDesc RUNTIME_STATUS = MethodTypeDesc.of(ConstantDescs.CD_void, RUNTIME,
      ConstantDescs.CD_int);
  private static final Map<String, MethodTypeDesc> ENDING = Map.of("java/lang/System.exit", STATUS,
      "java/lang/Runtime.exit", RUNTIME_STATUS, "java/lang/Runtime.halt", RUNTIME_STATUS);

  private ExitGuard() {}

  /**
   * The class without such calls; the same bytes when it has none.
   *
   * @param classes where the classes it names are found, as resources
   * @throws IllegalArgumentException when it is no class file
   */
  static byte[] without(byte[] code, Function<String, @Nullable InputStream> classes) {
    ClassModel model = ClassFile.of().parse(code);
    if (!names(model)) {
      return code;
    }
    CodeTransform calls = (builder, element) -> {
      MethodTypeDesc type = element instanceof InvokeInstruction call
          ? ENDING.get(call.owner().asInternalName() + "." + call.name().stringValue())
          : null;
      if (type == null) {
        builder.with(element);
      } else {
        builder.invokestatic(EXITS, "refused", type);
      }
    };
    ClassHierarchyResolver resolver = ClassHierarchyResolver
        .ofResourceParsing((ClassDesc name) -> classes
            .apply(name.descriptorString().substring(1, name.descriptorString().length() - 1) + ".class"))
        .orElse(ClassHierarchyResolver.defaultResolver());
    return ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver)).transformClass(model,
        ClassTransform.transformingMethodBodies(calls));
  }

  private static boolean names(ClassModel model) {
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof MethodRefEntry method
          && ENDING.containsKey(method.owner().asInternalName() + "." + method.name().stringValue())) {
        return true;
      }
    }
    return false;
  }
}
