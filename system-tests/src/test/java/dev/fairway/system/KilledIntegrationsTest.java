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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A node is killed again and again between an event on a ledger and the completion of the command that answers it: on its
 * own ledger, and on a Daml ledger that lives on. Each event must be answered, and none twice. The answer to a message is a
 * ring of the bell, which the ledger would take any number of times.
 *
 * <p>Twice per home; {@code -Dintegrations.kills=100} for more, {@code -Dintegrations.home=embedded} or {@code postgresql}
 * for one home alone, {@code -Dintegrations.seed=N} to repeat one. Prints a line for each home. The folder of one that
 * failed is kept, with the node's log, and with its threads if it did not come up.
 */
@Timeout(14_400)
class KilledIntegrationsTest {
  private static final int KILLS = Integer.getInteger("integrations.kills", 2);
  private static final long SEED = Long.getLong("integrations.seed", 7);
  private static final Duration SOON = Duration.ofMinutes(5);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private static Path folder;

  private static Sandbox sandbox;
  private static DamlLedgerV1 trade;

  private final Random random = new Random(SEED);
  private int written;
  private int killed;
  private Duration longestStart = Duration.ZERO;

  enum Home {
    EMBEDDED, POSTGRESQL
  }

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

  static List<Home> homes() {
    String wanted = System.getProperty("integrations.home", "");
    return wanted.isEmpty() ? List.of(Home.values()) : List.of(Home.valueOf(wanted.toUpperCase(Locale.ROOT)));
  }

  @ParameterizedTest
  @MethodSource("homes")
  void everyEventIsAnsweredOnce(Home home) throws Exception {
    String name = home.name().toLowerCase(Locale.ROOT);
    String came = "broke off";
    try {
      switch (home) {
        case EMBEDDED -> killAndCount(name, "");
        case POSTGRESQL -> {
          try (Database database = Database.start(folder.resolve("database"))) {
            killAndCount(name, database.settings());
          }
        }
      }
      came = "each answered once on both ledgers";
    } finally {
      System.out.printf("killed integrations: home=%s seed=%d kills=%d of %d, messages=%d on each ledger, %s;"
          + " longest start %d ms, folder %s%n", name, SEED, killed, KILLS, written, came, longestStart.toMillis(),
          folder);
    }
  }

  private void killAndCount(String home, String settings) throws Exception {
    Party party = trade.allocate("bell-" + home);
    try (ServedNode node = ServedNode.start(folder, home, "AU",
        settings + "automation: { ledgers: { trade: { type: daml-v1, url: \"http://127.0.0.1:%d\" } } }"
            .formatted(sandbox.port()))) {
      var bells = new Bells(node, party);
      bells.giveTemplates();
      bells.ringOn("local");
      bells.ringOn("trade");
      while (killed < KILLS) {
        writeUntilKilled(node, bells);
      }
      for (String ledger : List.of("local", "trade")) {
        Awaitility.await().atMost(SOON)
            .untilAsserted(() -> assertThat(bells.rings(ledger)).containsAll(bells.messages(ledger)));
        Awaitility.await().atMost(SOON).until(bells::idle);
        assertThat(bells.messages(ledger)).as("seed " + SEED).hasSize(written);
        assertThat(bells.rings(ledger)).as("seed " + SEED)
            .containsExactlyInAnyOrderElementsOf(bells.messages(ledger));
      }
      assertThat(node.json("/api/dead").path("items")).isEmpty();
    }
  }

  /* The node dies while a batch is written: after some random number of messages, and before what they set off has ended. */
  private void writeUntilKilled(ServedNode node, Bells bells) throws Exception {
    int first = written;
    written += 4 + random.nextInt(8);
    int end = written;
    var reached = new CountDownLatch(random.nextInt(end - first));
    Thread writer = Thread.ofVirtual().start(() -> {
      for (int i = first; i < end; i++) {
        writeToTrade(bells.party(), i);
        bells.write(i);
        reached.countDown();
      }
    });
    assertThat(reached.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    node.process().kill();
    killed++;
    assertThat(writer.join(SOON)).isTrue();
    Instant began = Instant.now();
    node.restart();
    Duration took = Duration.between(began, Instant.now());
    longestStart = took.compareTo(longestStart) > 0 ? took : longestStart;
    for (int i = first; i < end; i++) {
      assertThat(bells.write(i)).isTrue();
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
}
