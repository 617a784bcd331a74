package dev.fairway.connectors;

import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A process that runs connectors until it is killed. */
final class NodeProcess {
  private NodeProcess() {}

  public static void main(String[] args) throws InterruptedException {
    Path dir = Path.of(args[0]);
    Clock clock = Clock.systemUTC();
    SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
    Connectors connectors = new Connectors(store, dir.resolve("collections"),
        new ConnectorsConfig(List.of(Path.of(args[1])), 20_000, 4096, 5_000), new Sealed(List.of(), clock), clock);
    connectors.start();
    System.out.println("ready");
    new CountDownLatch(1).await();
  }
}
