package dev.fairway.connectors.materialize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fairway.connector.Transactor;
import dev.fairway.connector.flow.MaterializationSpec;
import dev.fairway.connector.json.Json;
import dev.fairway.connectors.kafka.KafkaServer;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.core.FairwayException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Against a broker of its own, read as its readers of what is committed do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaMaterializeTest extends ExactlyOnceContract {
  private KafkaServer broker;
  private String prefix = "";

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    broker = KafkaServer.start(folder);
  }

  @AfterAll
  void stop() throws InterruptedException {
    broker.close();
  }

  @Override
  int rows() {
    return 2;
  }

  @Override
  int rivals() {
    return 12;
  }

  @Override
  ObjectNode config(int number) {
    if (number == 0) {
      prefix = "t" + UUID.randomUUID().toString().substring(0, 8) + "-";
    }
    return Json.object().put("bootstrapServers", broker.address()).put("topicPrefix", prefix + number + "-");
  }

  @Override
  String image() {
    return "materialize-kafka";
  }

  @Override
  ObjectNode resource() {
    return Json.object().put("topic", "acme/rows");
  }

  /** Every record there is, not the last of each key, so that one written twice is seen. */
  @Override
  List<Integer> stored(int number) {
    return broker.committed(prefix + number + "-acme.rows").stream()
        .map(record -> Json.parse(record.value()).path("n").asInt(0)).sorted().toList();
  }

  private FlowFile file(ObjectNode config, ObjectNode resource, String reduce) throws Exception {
    return FlowFile.read(Files.writeString(dir.resolve("own.yaml"),
        """
            materializations:
              acme/out:
                endpoint: { connector: { image: fairway/materialize-kafka, config: %s } }
                bindings: [{ source: acme/rows, resource: %s }]
            collections:
              acme/rows: { schema: { type: object, %s properties: { n: { type: integer } }, required: [n] }, key: [/n] }
            """
            .formatted(Json.text(config), Json.text(resource), reduce)),
        sealed);
  }

  private MaterializationSpec spec(FlowFile file) throws Exception {
    return spec(file, program(file));
  }

  @Test
  void recordsHaveAKeyThatCanBeReadAndDeletionsAreTombstones() throws Exception {
    FlowFile file = file(0);
    MaterializeProgram program = program(file);
    MaterializationSpec spec = spec(file, program);
    program.apply(spec, Json.object());
    try (Transactor session = program.open(spec, Json.object())) {
      Transactor.Row row = row(spec, 7);
      session.store(row);
      session.store(new Transactor.Row(0, row.key(), row.keys(), row.values(), row.document(), true, true));
      session.commit(Json.object());
    }
    assertThat(broker.committed(prefix + "0-acme.rows"))
        .extracting(record -> record.key() + " " + record.value())
        .containsExactly("{\"n\":7} {\"n\":7,\"text\":\"row 7\"}", "{\"n\":7} null");
  }

  @Test
  void aBrokerThatDiesInATransactionLosesAndDoublesNothing() throws Exception {
    ObjectNode config = config(0);
    FlowFile file = file(config.deepCopy().put("patienceSeconds", 3), resource(), "");
    MaterializeProgram program = program(file);
    MaterializationSpec spec = spec(file);
    program.apply(spec, Json.object());
    try (Transactor session = program.open(spec, Json.object())) {
      session.store(row(spec, 1));
      session.commit(Json.object().put("at", 1));
      // A cluster of one broker that dies between a commit and its markers can forget them when it is back.
      await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
        assertThat(stored(0)).containsExactly(1);
        assertThat(broker.committed(prefix + "0-fairway-checkpoint.acme.out")).hasSize(1);
      });
      session.store(row(spec, 2));
      broker.kill();
      assertThatThrownBy(() -> session.commit(Json.object().put("at", 2)))
          .isInstanceOf(FairwayException.class).hasMessageContaining("at Kafka " + broker.address());
    } finally {
      broker.restart();
    }
    FlowFile patient = file(config, resource(), "");
    try (Transactor session = program(patient).open(spec(patient), Json.object())) {
      assertThat(session.checkpoint()).contains(Json.object().put("at", 1));
      session.store(row(spec, 2));
      session.commit(Json.object().put("at", 2));
    }
    assertThat(stored(0)).containsExactly(1, 2);
  }

  @Test
  void whatIsConfiguredWronglyIsNamed() throws Exception {
    ObjectNode nobody = config(0).put("bootstrapServers", "127.0.0.1:1").put("patienceSeconds", 1);
    assertThatThrownBy(() -> spec(file(nobody, resource(), "")))
        .hasMessageContaining("no answer within 1 s; check the bootstrap servers");
    ObjectNode login = config(0).put("bootstrapServers", broker.addressOfLogins()).put("user", KafkaServer.USER);
    assertThatThrownBy(() -> spec(file(login.deepCopy().put("password", "guessed"), resource(), "")))
        .hasMessageContaining("the login is refused").hasMessageContaining("check user, password and mechanism");
    assertThat(spec(file(login.put("password", KafkaServer.PASSWORD), resource(), "")).bindings()).hasSize(1);
    assertThatThrownBy(() -> spec(file(config(0), resource(), "reduce: { strategy: merge },")))
        .hasMessageContaining("reduces documents").hasMessageContaining("say deltaUpdates: true");
    assertThatThrownBy(() -> spec(file(config(0), Json.object().put("topic", "a b"), "")))
        .hasMessageContaining("a topic's name must be");
  }

  /** The listener with TLS, as somebody who proves to know the password. */
  private ObjectNode encrypted(int number) {
    return config(number).put("bootstrapServers", broker.addressWithTls()).put("tls", true)
        .put("authority", broker.authority()).put("mechanism", "SCRAM_SHA_512").put("user", KafkaServer.USER)
        .put("password", KafkaServer.PASSWORD);
  }

  @Test
  void recordsAreCommittedOverTlsByAUserWhoProvesToKnowThePassword() throws Exception {
    FlowFile file = file(encrypted(0), resource(), "");
    MaterializeProgram program = program(file);
    MaterializationSpec spec = spec(file);
    program.apply(spec, Json.object());
    try (Transactor session = program.open(spec, Json.object())) {
      session.store(row(spec, 1));
      session.commit(Json.object().put("at", 1));
    }
    try (Transactor session = program.open(spec, Json.object())) {
      assertThat(session.checkpoint()).contains(Json.object().put("at", 1));
    }
    assertThat(stored(0)).containsExactly(1);
  }

  @Test
  void whatIsConfiguredWronglyForTlsIsNamed() throws Exception {
    assertThat(spec(file(encrypted(0).put("mechanism", "SCRAM_SHA_256"), resource(), "")).bindings()).hasSize(1);
    refused(encrypted(0).put("password", "guessed"), "the login is refused", "check user, password and mechanism");
    refused(encrypted(0).put("mechanism", "PLAIN"), "the login is refused", "check user, password and mechanism");
    refused(encrypted(0).without("authority"), "TLS cannot be agreed on", "unable to find valid certification path",
        "check the authority");
    refused(encrypted(0).put("bootstrapServers", broker.addressWithTls().replace("127.0.0.1", "localhost")),
        "TLS cannot be agreed on", "that the brokers' certificates name these hosts");
    refused(encrypted(0).put("bootstrapServers", broker.addressOfLogins()).put("patienceSeconds", 1),
        "whether this port wants TLS or a login");
  }

  private void refused(ObjectNode config, String... said) {
    assertThatThrownBy(() -> spec(file(config, resource(), ""))).message().contains(said);
  }
}
