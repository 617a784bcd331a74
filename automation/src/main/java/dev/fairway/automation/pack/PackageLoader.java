package dev.fairway.automation.pack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The classes of one integration: its package's jars, over the JDK and what the SDK shows. Nothing else of the node can be
 * seen, so a package may bring its own version of any library. Calls that would end the node's process are taken out of
 * its code as it is loaded, see {@link ExitGuard}.
 */
public final class PackageLoader extends URLClassLoader {
  private static final List<String> SHOWN = List.of("dev.fairway.automation.sdk.", "dev.fairway.core.", "org.slf4j.",
      "org.jspecify.");

  static {
    registerAsParallelCapable();
  }

  private final ClassLoader node;
  private final List<String> jars;

  /** @param jars on disk; closed with {@link #close} */
  public PackageLoader(String name, List<Path> jars) {
    super("integration-" + name, urls(jars), ClassLoader.getPlatformClassLoader());
    this.jars = jars.stream().map(jar -> jar.toAbsolutePath().toString()).toList();
    this.node = PackageLoader.class.getClassLoader();
  }

  private static URL[] urls(List<Path> jars) {
    return jars.stream().map(jar -> {
      try {
        return jar.toUri().toURL();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }).toArray(URL[]::new);
  }

  /** The jars on disk, by their paths. */
  public List<String> jars() {
    return jars;
  }

  private static boolean shown(String name) {
    return SHOWN.stream().anyMatch(name::startsWith);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return shown(name) ? node.loadClass(name) : super.loadClass(name, resolve);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    URL found = findResource(name.replace('.', '/') + ".class");
    if (found == null) {
      throw new ClassNotFoundException(name);
    }
    byte[] code;
    try (InputStream in = found.openStream()) {
      code = ExitGuard.without(in.readAllBytes(), this::classFile);
    } catch (IOException | IllegalArgumentException e) {
      throw new ClassNotFoundException(name + " cannot be read", e);
    }
    String packageName = name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : "";
    if (!packageName.isEmpty() && getDefinedPackage(packageName) == null) {
      try {
        definePackage(packageName, null, null, null, null, null, null, null);
      } catch (IllegalArgumentException e) {
        // Another thread was faster.
      }
    }
    return defineClass(name, code, 0, code.length, new CodeSource(found, (Certificate[]) null));
  }

  private @Nullable InputStream classFile(String name) {
    InputStream own = getResourceAsStream(name);
    return own == null ? node.getResourceAsStream(name) : own;
  }

  @Override
  public @Nullable URL getResource(String name) {
    return Optional.ofNullable(findResource(name)).orElseGet(() -> getParent().getResource(name));
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
    all.addAll(Collections.list(getParent().getResources(name)));
    return Collections.enumeration(all);
  }
}
