package dev.fairway.automation.installed;

import dev.fairway.automation.installed.InstalledTables.StoredIntegration;
import dev.fairway.automation.ledger.StoredValue;
import dev.fairway.automation.metadata.PackageMetadata;
import dev.fairway.automation.pack.DitFile;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.AvailableType;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.runtime.RunningIntegration;
import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.blob.Blobs;
import dev.fairway.core.journal.NewEvent;
import dev.fairway.core.store.Store;
import dev.fairway.core.store.Transaction;
import dev.fairway.store.Audit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packages and integrations an operator put on a node: installed, upgraded, configured, started and stopped while it
 * runs, and there again when it starts. Each act is in the audit and told in the journal. Safe for many threads.
 *
 * <p>Integrations that the node's settings name are shown here too, and are changed there.
 */
public final class Installations {
  private static final Logger LOG = LoggerFactory.getLogger(Installations.class);
  /** How long the node's start waits for integrations to come up; those whose ledger takes longer come up later. */
  private static final Duration COMING_UP = Duration.ofSeconds(5);

  private final Store store;
  private final Automation automation;
  private final PackageShelf shelf;
  private final Map<String, IntegrationConfig> fromSettings = new ConcurrentHashMap<>();
  private final Map<String, Failure> failures = new ConcurrentHashMap<>();
  private final Map<String, String> hashesInForce = new ConcurrentHashMap<>();

  /** @param folder where package files are unpacked; what is in it can be thrown away while the node is down */
  public Installations(Store store, Blobs blobs, Path folder, Automation automation) {
    this.store = store;
    this.automation = automation;
    this.shelf = new PackageShelf(blobs, folder);
  }

  /** Why something did not start with such settings. */
  private record Failure(IntegrationConfig config, String why) {}

  /** A package in force, and the types it brings. */
  public record InstalledPackage(PackageFacts facts, List<PackageMetadata.IntegrationType> types) {
    public InstalledPackage {
      types = List.copyOf(types);
    }
  }

  /**
   * Makes the types of installed packages known, and starts what is meant to run, all at once. One that does not start is
   * shown so, and hinders nobody: neither does one whose ledger does not answer, which comes up when it does.
   *
   * @param named the integrations that the node's settings name
   */
  public void start(Collection<IntegrationConfig> named) {
    store.read(InstalledTables::packages).forEach(this::offer);
    named.forEach(config -> fromSettings.put(config.id(), config));
    List<Thread> starting = new ArrayList<>();
    named.forEach(config -> starting.add(starting(config, () -> tryStart(config))));
    store.read(InstalledTables::integrations).stream().filter(StoredIntegration::enabled)
        .filter(stored -> !fromSettings.containsKey(stored.config().id()))
        .forEach(stored -> starting.add(starting(stored.config(),
            () -> tryStart(stored.config()).ifPresent(running -> running.logLevel(stored.logLevel())))));
    await(starting);
  }

  private static void await(List<Thread> starting) {
    Instant end = Instant.now().plus(COMING_UP);
    try {
      for (Thread thread : starting) {
        if (!thread.join(Duration.between(Instant.now(), end))) {
          LOG.warn("not waited for any longer, its ledger does not answer thread={}", thread.getName());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Thread starting(IntegrationConfig config, Runnable start) {
    failures.put(config.id(), new Failure(config, "it is being started; its ledger has not answered yet"));
    return Thread.ofVirtual().name("start-of-" + config.id()).start(start);
  }

  private void offer(PackageFacts stored) {
    hashesInForce.put(stored.name(), stored.hash());
    try {
      shelf.types(shelf.open(stored.hash()), stored.name()).forEach(automation::offer);
    } catch (IOException | FairwayException e) {
      LOG.error("an installed package cannot be used package={} version={} why={}", stored.name(), stored.version(),
          e.getMessage());
    }
  }

  /**
   * Takes over what another process on the same database changed: packages, settings, log levels, and what is meant to run.
   * A package's file must be in a place that both processes read.
   */
  public synchronized void refresh() {
    for (PackageFacts stored : store.read(InstalledTables::packages)) {
      if (!stored.hash().equals(hashesInForce.get(stored.name()))) {
        automation.withdraw(type -> type.packageName().equals(Optional.of(stored.name())));
        offer(stored);
        running(stored.name()).forEach(this::again);
      }
    }
    Map<String, StoredIntegration> wanted = new HashMap<>();
    store.read(InstalledTables::integrations).stream().filter(StoredIntegration::enabled)
        .filter(stored -> !fromSettings.containsKey(stored.config().id()))
        .forEach(stored -> wanted.put(stored.config().id(), stored));
    automation.running().stream().map(RunningIntegration::id)
        .filter(id -> !wanted.containsKey(id) && !fromSettings.containsKey(id)).forEach(automation::stop);
    wanted.values().forEach(this::takeOver);
  }

  private void takeOver(StoredIntegration stored) {
    IntegrationConfig config = stored.config();
    Optional<RunningIntegration> running = automation.find(config.id()).filter(r -> r.config().equals(config));
    Failure failure = failures.get(config.id());
    if (running.isEmpty() && (failure == null || !failure.config().equals(config))) {
      automation.stop(config.id());
      running = tryStart(config);
    }
    running.ifPresent(r -> r.logLevel(stored.logLevel()));
  }

  private List<RunningIntegration> running(String packageName) {
    return automation.running().stream().filter(r -> r.type().packageName().equals(Optional.of(packageName))).toList();
  }

  private Optional<RunningIntegration> tryStart(IntegrationConfig config) {
    try {
      RunningIntegration running = automation.start(config);
      failures.remove(config.id());
      return Optional.of(running);
    } catch (FairwayException e) {
      if (automation.find(config.id()).isPresent()) {
        // Somebody was faster.
        failures.remove(config.id());
        return Optional.empty();
      }
      failures.put(config.id(), new Failure(config, String.valueOf(e.getMessage())));
      LOG.error("an integration does not start integration={} why={}", config.id(), e.getMessage());
      return Optional.empty();
    }
  }

  /** The packages in force, by name. */
  public List<InstalledPackage> packages() {
    return store.read(InstalledTables::packages).stream().map(this::opened).toList();
  }

  private InstalledPackage opened(PackageFacts stored) {
    try {
      return new InstalledPackage(stored, shelf.open(stored.hash()).metadata().types());
    } catch (IOException | FairwayException e) {
      return new InstalledPackage(stored, List.of());
    }
  }

  /**
   * Installs a package file, in place of any other version of it. Integrations of its types that are running are started
   * again with the new classes; the attempts of what they are in the midst of are kept.
   *
   * @throws FairwayException with {@code INVALID} when it is no package or cannot run here, {@code TOO_LARGE} beyond 512 MiB;
   * nothing has changed then
   */
  public synchronized InstalledPackage install(InputStream file, String actor) throws IOException {
    DitFile dit = shelf.add(file);
    PackageMetadata.Catalog catalog = dit.metadata().catalog().orElseThrow(() -> new FairwayException(
        ErrorCode.INVALID, "the package's metadata have no catalog, and so no name and version"));
    if (dit.metadata().types().isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, catalog.name() + " brings no integration types");
    }
    List<AvailableType> types = shelf.types(dit, catalog.name());
    if (types.isEmpty()) {
      throw new FairwayException(ErrorCode.INVALID, catalog.name() + " brings no type that can run here: "
          + dit.metadata().types().stream().map(type -> type.id() + " (" + type.entrypoint() + ")").toList());
    }
    long size = Files.size(dit.file());
    store.run(tx -> {
      InstalledTables.save(tx, new PackageFacts(catalog.name(), catalog.version(), dit.hash(), size, tx.now()));
      told(tx, actor, "package.installed", catalog.name(), StoredValue.text(StoredValue.object()
          .put("version", catalog.version()).put("hash", dit.hash())));
    });
    automation.withdraw(type -> type.packageName().equals(Optional.of(catalog.name())));
    hashesInForce.put(catalog.name(), dit.hash());
    types.forEach(automation::offer);
    running(catalog.name()).forEach(this::again);
    failures.keySet().forEach(id -> standing(id).filter(s -> s.enabled() && s.running().isEmpty())
        .ifPresent(s -> tryStart(s.config())));
    return opened(store.read(InstalledTables::packages).stream().filter(p -> p.name().equals(catalog.name()))
        .findFirst().orElseThrow());
  }

  private void again(RunningIntegration running) {
    int level = running.logLevel();
    automation.stop(running.id());
    tryStart(running.config()).ifPresent(started -> started.logLevel(level));
  }

  /**
   * Takes a package away.
   *
   * @throws FairwayException with {@code NOT_FOUND} when it is not installed, {@code CONFLICT} while integrations of its
   * types are set up
   */
  public synchronized void uninstall(String name, String actor) {
    List<String> users = all().stream().filter(s -> uses(s, name)).map(s -> s.config().id()).toList();
    if (!users.isEmpty()) {
      throw new FairwayException(ErrorCode.CONFLICT,
          "package " + name + " is used by " + users + "; remove these first");
    }
    boolean removed = store.write(tx -> {
      boolean was = InstalledTables.removePackage(tx, name);
      if (was) {
        told(tx, actor, "package.removed", name, "");
      }
      return was;
    });
    if (!removed) {
      throw new FairwayException(ErrorCode.NOT_FOUND, "no package " + name + " is installed");
    }
    automation.withdraw(type -> type.packageName().equals(Optional.of(name)));
  }

  private boolean uses(Standing standing, String packageName) {
    try {
      return automation.type(standing.config().type()).packageName().equals(Optional.of(packageName));
    } catch (FairwayException e) {
      return standing.config().type().startsWith(packageName + ":");
    }
  }

  /** Every integration, by id. */
  public List<Standing> all() {
    var all = new ArrayList<Standing>();
    fromSettings.values().forEach(config -> all.add(standing(config, true, true)));
    store.read(InstalledTables::integrations).stream()
        .filter(stored -> !fromSettings.containsKey(stored.config().id()))
        .forEach(stored -> all.add(standing(stored.config(), false, stored.enabled())));
    all.sort(Comparator.comparing(standing -> standing.config().id()));
    return all;
  }

  private Standing standing(IntegrationConfig config, boolean fixed, boolean enabled) {
    Optional<RunningIntegration> running = automation.find(config.id());
    return new Standing(config, fixed, enabled, running,
        running.map(RunningIntegration::error)
            .orElseGet(() -> Optional.ofNullable(failures.get(config.id())).map(Failure::why)));
  }

  private Optional<Standing> standing(String id) {
    return all().stream().filter(s -> s.config().id().equals(id)).findFirst();
  }

  /** @throws FairwayException with {@code NOT_FOUND} when there is none of that id */
  public Standing find(String id) {
    return standing(id).orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "no integration " + id));
  }

  /**
   * Makes an integration, or gives one new settings, and starts it with them if it is meant to run.
   *
   * @throws FairwayException as {@link Automation#start} does; nothing has changed then
   */
  public synchronized Standing configure(IntegrationConfig wanted, boolean enabled, String actor) {
    refuseFixed(wanted.id());
    automation.check(wanted);
    int level = store.read(view -> InstalledTables.integration(view, wanted.id())).map(StoredIntegration::logLevel)
        .orElse(0);
    store.run(tx -> {
      InstalledTables.save(tx, new StoredIntegration(wanted, enabled, level));
      told(tx, actor, "integration.configured", wanted.id(), StoredValue.text(StoredValue.object()
          .put("type", wanted.type()).put("ledger", wanted.ledger()).put("party", wanted.party().name())));
    });
    automation.stop(wanted.id());
    failures.remove(wanted.id());
    if (enabled) {
      automation.start(wanted).logLevel(level);
    }
    return find(wanted.id());
  }

  /** Starts one that is stopped; nothing when it runs. */
  public synchronized Standing start(String id, String actor) {
    StoredIntegration stored = enable(id, true, actor);
    if (automation.find(id).isEmpty()) {
      failures.remove(id);
      automation.start(stored.config()).logLevel(stored.logLevel());
    }
    return find(id);
  }

  /** Stops it, also over restarts of the node; its waiting work is kept. */
  public synchronized Standing stop(String id, String actor) {
    enable(id, false, actor);
    automation.stop(id);
    failures.remove(id);
    return find(id);
  }

  /** Stops and starts it. */
  public synchronized Standing restart(String id, String actor) {
    Standing now = find(id);
    store.run(tx -> told(tx, actor, "integration.restarted", id, ""));
    int level = now.running().map(RunningIntegration::logLevel).orElse(0);
    automation.stop(id);
    failures.remove(id);
    automation.start(now.config()).logLevel(level);
    return find(id);
  }

  /** Stops it and forgets its settings; its places in the ledger and in the journal are kept for one of the same id. */
  public synchronized void remove(String id, String actor) {
    refuseFixed(id);
    find(id);
    automation.stop(id);
    failures.remove(id);
    store.run(tx -> {
      InstalledTables.removeIntegration(tx, id);
      told(tx, actor, "integration.removed", id, "");
    });
  }

  /** @param level 0 to 50 */
  public synchronized void logLevel(String id, int level, String actor) {
    if (level < 0 || level > 50) {
      throw new FairwayException(ErrorCode.INVALID, "a log level is 0 to 50, not " + level);
    }
    find(id).running().ifPresent(running -> running.logLevel(level));
    store.run(tx -> {
      Optional<StoredIntegration> stored = InstalledTables.integration(tx, id);
      if (stored.isPresent()) {
        InstalledTables.save(tx, new StoredIntegration(stored.get().config(), stored.get().enabled(), level));
      }
      told(tx, actor, "integration.log-level", id, Integer.toString(level));
    });
  }

  private StoredIntegration enable(String id, boolean enabled, String actor) {
    refuseFixed(id);
    return store.write(tx -> {
      StoredIntegration stored = InstalledTables.integration(tx, id)
          .orElseThrow(() -> new FairwayException(ErrorCode.NOT_FOUND, "no integration " + id));
      var changed = new StoredIntegration(stored.config(), enabled, stored.logLevel());
      InstalledTables.save(tx, changed);
      told(tx, actor, enabled ? "integration.started" : "integration.stopped", id, "");
      return changed;
    });
  }

  private void refuseFixed(String id) {
    if (fromSettings.containsKey(id)) {
      throw new FairwayException(ErrorCode.CONFLICT,
          "integration " + id + " is named in the node's settings; change it there and restart the node");
    }
  }

  private static void told(Transaction tx, String actor, String act, String target, String detail)
      throws SQLException {
    Audit.record(tx, actor, act, target, detail);
    tx.append(new NewEvent("automation." + act, target, StoredValue.text(StoredValue.object().put("name", target))));
  }
}
