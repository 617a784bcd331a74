package dev.fairway.connectors.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

/**
 * A Kafka broker as a process of its own, in a folder: one listener for all, one for a user who says the password as it is,
 * and one with TLS for a user who proves to know it (SCRAM).
 */
public final class KafkaServer implements AutoCloseable {
  public static final String USER = "alice";
  public static final String PASSWORD = "wonder \"land\"";

  private static final int ATTEMPTS = 3;
  private static final Set<TransactionState> UNMARKED = Set.of(TransactionState.PREPARE_COMMIT,
      TransactionState.PREPARE_ABORT);

  private final Path folder;
  private final Ports ports;
  private final ServerCertificate certificate;
  private Process process;

  private KafkaServer(Path folder, Ports ports, ServerCertificate certificate, Process process) {
    this.folder = folder;
    this.ports = ports;
    this.certificate = certificate;
    this.process = process;
  }

  /** Starts one that keeps its topics in the folder. */
  public static KafkaServer start(Path folder) throws Exception {
    for (int attempt = 1;; attempt++) {
      // A port that was free may be somebody's before the broker has it.
      KafkaServer server = begin(Files.createDirectories(folder.resolve("broker" + attempt)));
      if (server.awaitReady()) {
        return server;
      }
      if (attempt == ATTEMPTS) {
        throw server.silent();
      }
    }
  }

  private static KafkaServer begin(Path folder) throws Exception {
    Ports ports = Ports.free();
    ServerCertificate certificate = ServerCertificate.make(folder);
    Files.writeString(folder.resolve("server.properties"), """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%4$d
        listeners=ALL://127.0.0.1:%1$d,LOGIN://127.0.0.1:%2$d,TLS://127.0.0.1:%3$d,CONTROLLER://127.0.0.1:%4$d
        advertised.listeners=ALL://127.0.0.1:%1$d,LOGIN://127.0.0.1:%2$d,TLS://127.0.0.1:%3$d
        controller.listener.names=CONTROLLER
        inter.broker.listener.name=ALL
        listener.security.protocol.map=ALL:PLAINTEXT,LOGIN:SASL_PLAINTEXT,TLS:SASL_SSL,CONTROLLER:PLAINTEXT
        listener.name.login.sasl.enabled.mechanisms=PLAIN
        listener.name.login.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule \
          required user_%5$s="%6$s";
        listener.name.tls.sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512
        listener.name.tls.scram-sha-256.sasl.jaas.config=%7$s required;
        listener.name.tls.scram-sha-512.sasl.jaas.config=%7$s required;
        listener.name.tls.ssl.keystore.type=PKCS12
        listener.name.tls.ssl.keystore.location=%8$s
        listener.name.tls.ssl.keystore.password=%9$s
        log.dirs=%10$s
        offsets.topic.replication.factor=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=4
        group.initial.rebalance.delay.ms=0
        """.formatted(ports.all(), ports.login(), ports.tls(), ports.controller(), USER,
        PASSWORD.replace("\"", "\\\\\""), "org.apache.kafka.common.security.scram.ScramLoginModule",
        certificate.keystore(), ServerCertificate.PASSWORD, folder.resolve("topics")));
    String user = "=[name=" + USER + ",password=" + PASSWORD + "]";
    java(folder, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", "server.properties",
        "--add-scram", "SCRAM-SHA-256" + user, "--add-scram", "SCRAM-SHA-512" + user).waitFor();
    return new KafkaServer(folder, ports, certificate, run(folder));
  }

  /** Where it listens. */
  private record Ports(int all, int login, int tls, int controller) {
    static Ports free() throws IOException {
      try (ServerSocket one = socket();
          ServerSocket two = socket();
          ServerSocket three = socket();
          ServerSocket four = socket()) {
        return new Ports(one.getLocalPort(), two.getLocalPort(), three.getLocalPort(), four.getLocalPort());
      }
    }

    private static ServerSocket socket() throws IOException {
      return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
  }

  private static Process run(Path folder) throws IOException {
    return java(folder, "kafka.Kafka", "server.properties");
  }

  private static Process java(Path folder, String... program) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1", "-cp", classPath()));
    command.addAll(List.of(program));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile())).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  private static String classPath() throws IOException {
    try (InputStream in = Objects.requireNonNull(KafkaServer.class.getResourceAsStream("/kafka.classpath"),
        "kafka.classpath is written by the build; run Maven once")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  /** Waits until it answers; false when it ended instead. */
  private boolean awaitReady() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address()))) {
      Awaitility.await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(100))
          .until(() -> !process.isAlive() || answers(admin));
    }
    return process.isAlive();
  }

  private IllegalStateException silent() throws IOException {
    return new IllegalStateException("the broker did not start:\n" + Files.readString(folder.resolve("log")));
  }

  private static boolean answers(Admin admin) throws InterruptedException {
    try {
      return !admin.describeCluster(new DescribeClusterOptions().timeoutMs(2_000)).nodes().get().isEmpty();
    } catch (ExecutionException e) {
      return false;
    }
  }

  /** Where everybody is let in. */
  public String address() {
    return "127.0.0.1:" + ports.all();
  }

  /** Where only {@link #USER} is let in, who says the {@link #PASSWORD} as it is. */
  public String addressOfLogins() {
    return "127.0.0.1:" + ports.login();
  }

  /** Where TLS is spoken, and only {@link #USER} is let in, by SCRAM. */
  public String addressWithTls() {
    return "127.0.0.1:" + ports.tls();
  }

  /** Who vouches for this broker, in PEM. */
  public String authority() {
    return certificate.pem();
  }

  /** Kills it. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Starts it again at the same address. */
  public void restart() throws IOException {
    process = run(folder);
    for (int attempt = 1; !awaitReady(); attempt++) {
      if (attempt == ATTEMPTS) {
        throw silent();
      }
      process = run(folder);
    }
  }

  /** Every record of a topic that was committed, in order within each partition; none when there is no such topic. */
  public List<ConsumerRecord<String, String>> committed(String topic) {
    awaitMarkers();
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
        Map.of("bootstrap.servers", address(), "isolation.level", "read_committed", "allow.auto.create.topics", false),
        new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
          .map(info -> new TopicPartition(topic, info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(place -> consumer.position(place) < ends.getOrDefault(place, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  /* A broker answers a commit once it is decided, and only then writes the markers that show its records to readers. */
  private void awaitMarkers() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address()))) {
      Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20)).until(() -> {
        try {
          return admin.listTransactions(new ListTransactionsOptions().filterStates(UNMARKED)).all().get().isEmpty();
        } catch (ExecutionException e) {
          throw e.getCause() instanceof TimeoutException away ? away : e;
        }
      });
    }
  }

  /** Ends it; nothing writes to its folder any more. */
  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
