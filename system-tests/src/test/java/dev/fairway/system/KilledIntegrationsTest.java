package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.daml.v1.DamlLedgerV1;
import dev.fairway.daml.v1.Sandbox;
import dev.fairway.web.Json;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * A node is killed again and again between an event on a ledger and the completion of the command that answers it: on its
 * own ledger, and on a Daml ledger that lives on. Each event must be answered, and none twice. The answer to a message is a
 * ring of the bell, which the ledger would take any number of times.
 *
 * <p>Twice per home; {@code -Dintegrations.kills=100} for more, {@code -Dintegrations.seed=N} to repeat one.
 */
@Timeout(7_200)
class KilledIntegrationsTest {
  private static final int KILLS = Integer.getInteger("integrations.kills", 2);
  private static final long SEED = Long.getLong("integrations.seed", 7);
  private static final Duration SOON = Duration.ofMinutes(5);

  @TempDir
  private static Path folder;

  private static Sandbox sandbox;
  private static DamlLedgerV1 trade;

  private final Random random = new Random(SEED);
  private int written;

  @BeforeAll
  static void startLedger() {
    sandbox = Sandbox.start();
    trade = sandbox.connect();
    trade.upload(InboxModel.dar());
  }

  @AfterAll
  static void stopLedger() {
    trade.close();
    sandbox.close();
  }

  @Test
  void everyEventIsAnsweredOnceByANodeOnTheEmbeddedStore() throws Exception {
    killAndCount("embedded", "");
  }

  @Test
  void everyEventIsAnsweredOnceByANodeOnPostgresql() throws Exception {
    try (Database database = Database.start(folder.resolve("database"))) {
      killAndCount("postgresql", database.settings());
    }
  }

  private void killAndCount(String home, String settings) throws Exception {
    Party party = trade.allocate("bell-" + home);
    try (ServedNode node = ServedNode.start(folder, home, "AU",
        settings + "automation: { ledgers: { trade: { type: daml-v1, url: \"http://127.0.0.1:%d\" } } }"
            .formatted(sandbox.port()))) {
      assertThat(node.send(node.to("/api/ledgers/local/packages")
          .POST(BodyPublishers.ofByteArray(InboxModel.templates()))).statusCode()).isEqualTo(204);
      node.post("/api/ledgers/local/parties", "application/json", "{\"hint\": \"" + party.name() + "\"}");
      for (String ledger : List.of("local", "trade")) {
        ring(node, ledger, party);
      }
      for (int kill = 0; kill < KILLS; kill++) {
        writeUntilKilled(node, party);
      }
      for (String ledger : List.of("local", "trade")) {
        Awaitility.await().atMost(SOON).untilAsserted(
            () -> assertThat(contracts(node, ledger, party, "Rung", "cid"))
                .containsAll(contracts(node, ledger, party, "Message", "contract")));
        Awaitility.await().atMost(SOON).until(() -> idle(node));
        List<String> messages = contracts(node, ledger, party, "Message", "contract");
        assertThat(messages).as("seed " + SEED).hasSize(written);
        assertThat(contracts(node, ledger, party, "Rung", "cid")).as("seed " + SEED)
            .containsExactlyInAnyOrderElementsOf(messages);
      }
      assertThat(node.json("/api/dead").path("items")).isEmpty();
    }
  }

  private static void ring(ServedNode node, String ledger, Party party) throws Exception {
    ObjectNode wanted = Json.object().put("type", "loopback").put("ledger", ledger).put("party", party.name());
    wanted.putObject("settings").put("templateFilter", "Inbox:Message").put("targetContractMode", "Create And Execute")
        .put("targetTemplate", "Inbox:Bell").put("templateChoice", "Ring");
    HttpResponse<String> made = node.send(node.to("/api/integrations/ring-" + ledger)
        .header("Content-Type", "application/json").PUT(BodyPublishers.ofString(wanted.toString())));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
  }

  /* The node dies while a batch is written: after some random number of messages, and before what they set off has ended. */
  private void writeUntilKilled(ServedNode node, Party party) throws Exception {
    int first = written;
    written += 4 + random.nextInt(8);
    int end = written;
    var reached = new CountDownLatch(random.nextInt(end - first));
    Thread writer = Thread.ofVirtual().start(() -> {
      for (int i = first; i < end; i++) {
        writeToTrade(party, i);
        writeToNode(node, party, i);
        reached.countDown();
      }
    });
    assertThat(reached.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    node.process().kill();
    assertThat(writer.join(SOON)).isTrue();
    node.restart();
    for (int i = first; i < end; i++) {
      assertThat(writeToNode(node, party, i)).isTrue();
    }
  }

  private static void writeToTrade(Party party, int number) {
    LedgerValue.Struct message = LedgerValue
        .struct("integrationParty", LedgerValue.party(party), "receivedAt", LedgerValue.timestamp(Instant.EPOCH))
        .with("contentType", LedgerValue.text("")).with("body", LedgerValue.text("message " + number));
    assertThat(trade.submit(new Submission("message-" + party + "-" + number, party,
        List.of(Command.create(TemplateId.parse("Inbox:Message"), message)))))
        .isInstanceOf(SubmitResult.Accepted.class);
  }

  /** Whether it is on the node's ledger now; under the same command id it is written once, however often it is sent. */
  private static boolean writeToNode(ServedNode node, Party party, int number) {
    ObjectNode body = Json.object().put("party", party.name()).put("command_id", "message-" + number);
    ObjectNode create = body.putArray("commands").addObject().putObject("create").put("template", "Inbox:Message");
    create.putObject("payload").put("integrationParty", party.name()).put("receivedAt", "1970-01-01T00:00:00Z")
        .put("contentType", "").put("body", "message " + number);
    try {
      int status = node.post("/api/ledgers/local/commands", "application/json", body.toString()).statusCode();
      return status == 200 || status == 409;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> contracts(ServedNode node, String ledger, Party party, String template, String field)
      throws IOException, InterruptedException {
    return node.json("/api/ledgers/" + ledger + "/contracts?template=Inbox:" + template + "&party=" + party.name())
        .path("items").findValuesAsString(field);
  }

  private static boolean idle(ServedNode node) throws IOException, InterruptedException {
    return node.json("/api/work").path("items").valueStream()
        .filter(kind -> kind.path("kind").asString().startsWith("automation."))
        .allMatch(kind -> kind.path("waiting").asInt() + kind.path("running").asInt() == 0);
  }
}
