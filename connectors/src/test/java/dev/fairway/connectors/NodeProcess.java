package dev.fairway.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.connectors.kafka.Broker;
import dev.fairway.connectors.kafka.CollectionTopics;
import dev.fairway.connectors.kafka.TopicWriter;
import dev.fairway.connectors.kafka.Topics;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A process that runs connectors until it is killed. */
public final class NodeProcess {
  private NodeProcess() {}

  /** Starts it on a file's tasks, with its data in {@code dir/data} and what it says in {@code dir/node.log}. */
  public static Process start(Path dir, Path file) throws IOException {
    return start(dir, file, "");
  }

  /** Starts it with its collections as topics of a Kafka broker. */
  public static Process start(Path dir, Path file, String broker) throws IOException {
    Process node = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
        "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
        NodeProcess.class.getName(), dir.resolve("data").toString(), file.toString(), broker)
        .redirectError(dir.resolve("node.log").toFile()).start();
    // Logging may say something of its own first.
    String said = node.inputReader().readLine();
    while (said != null && !said.equals("ready")) {
      said = node.inputReader().readLine();
    }
    assertThat(said).as(Files.readString(dir.resolve("node.log"))).isEqualTo("ready");
    return node;
  }

  public static void main(String[] args) throws InterruptedException {
    Path dir = Path.of(args[0]);
    Clock clock = Clock.systemUTC();
    SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
    Connectors connectors = new Connectors(store, dir.resolve("collections"),
        new ConnectorsConfig(List.of(Path.of(args[1])), 20_000, 4096, 5_000, topics(args[2])),
        new Sealed(List.of(), clock), clock);
    connectors.start();
    System.out.println("ready");
    new CountDownLatch(1).await();
  }

  private static Optional<CollectionTopics> topics(String broker) {
    return broker.isEmpty()
        ? Optional.empty()
        : Optional.of(new CollectionTopics(
            new Broker(broker, false, Optional.empty(), Optional.empty(), Duration.ofMinutes(1)),
            new Topics("killed-", Optional.empty(), Optional.empty()), TopicWriter.Compression.NONE, List.of()));
  }
}
