package dev.fairway.daml;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.LedgerPackage;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.daml.dar.DarReader;
import java.lang.module.ModuleDescriptor;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packages of a ledger, each read once: a package never changes, only more come. Safe for many threads.
 */
public final class PackageCache {
  private static final Logger LOG = LoggerFactory.getLogger(PackageCache.class);
  private static final Comparator<LedgerPackage> BY_VERSION = Comparator.comparing(PackageCache::version)
      .thenComparing(LedgerPackage::id);

  private final Supplier<List<String>> ids;
  private final Function<String, byte[]> payload;
  private final Map<String, LedgerPackage> packages = new ConcurrentHashMap<>();
  private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

  /**
   * @param ids asks the ledger for the ids of all its packages
   * @param payload asks the ledger for a package's bytes
   */
  public PackageCache(Supplier<List<String>> ids, Function<String, byte[]> payload) {
    this.ids = ids;
    this.payload = payload;
  }

  /** All that the ledger has now and that can be read. */
  public List<LedgerPackage> all() {
    return ids.get().stream().map(this::find).flatMap(Optional::stream).toList();
  }

  /** Asks for it once; empty when it cannot be read. */
  public Optional<LedgerPackage> find(String id) {
    LedgerPackage known = packages.get(id);
    if (known != null || unreadable.contains(id)) {
      return Optional.ofNullable(known);
    }
    byte[] bytes = payload.apply(id);
    try {
      LedgerPackage read = DarReader.readPayload(id, bytes).toLedgerPackage();
      packages.put(id, read);
      return Optional.of(read);
    } catch (FairwayException e) {
      // Its contracts are still told, under its id; only its templates cannot be listed.
      LOG.warn("package not read id={} why={}", id, e.getMessage());
      unreadable.add(id);
      return Optional.empty();
    }
  }

  /** Asks whether the ledger has it, then for it; empty when the ledger does not, or when it cannot be read. */
  public Optional<LedgerPackage> findIfThere(String id) {
    return packages.containsKey(id) || ids.get().contains(id) ? find(id) : Optional.empty();
  }

  /** Whether the ledger has the template under this very package id; of a name, or an open package, it may have several. */
  public boolean has(TemplateId template) {
    return template.pkg().filter(pkg -> !pkg.startsWith("#")).flatMap(this::findIfThere)
        .filter(pkg -> pkg.templates().containsKey(template.name())).isPresent();
  }

  /** What its authors call a package. */
  public Optional<String> name(String id) {
    return find(id).map(LedgerPackage::name).filter(name -> !name.isEmpty());
  }

  /**
   * The template with its package id filled in: the newest version where a package name was given, the only one where the
   * package was left open; empty when there is none, or more than one to choose from. A package id is taken at its word.
   */
  public Optional<TemplateId> resolve(TemplateId wanted) {
    if (wanted.pkg().filter(pkg -> !pkg.startsWith("#")).isPresent()) {
      return Optional.of(wanted);
    }
    Optional<TemplateId> known = newest(wanted, List.copyOf(packages.values()));
    // Left open, it must be the only one of all the ledger has.
    return known.isPresent() && wanted.pkg().isPresent() ? known : newest(wanted, all());
  }

  private static Optional<TemplateId> newest(TemplateId wanted, List<LedgerPackage> among) {
    List<LedgerPackage> having = among.stream().filter(pkg -> pkg.find(wanted).isPresent()).toList();
    boolean oneName = having.stream().map(LedgerPackage::name).distinct().count() == 1;
    return oneName ? having.stream().max(BY_VERSION).flatMap(pkg -> pkg.find(wanted)) : Optional.empty();
  }

  private static ModuleDescriptor.Version version(LedgerPackage pkg) {
    try {
      return ModuleDescriptor.Version.parse(Objects.requireNonNull(pkg.version()));
    } catch (IllegalArgumentException e) {
      return ModuleDescriptor.Version.parse("0");
    }
  }
}
