package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fairway.evm.DevChain;
import dev.fairway.node.pair.ChainOfTwo;
import dev.fairway.node.pair.NodePair;
import dev.fairway.node.pair.Side;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two nodes, a chain and a shared PostgreSQL between them: real processes, a real chain, forks made on purpose. */
class TwoChannelsTest {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String CERTIFICATES = "UN.CEFACT.Trade.CertificateOfOrigin.created";
  private static final String NOTES = "UN.CEFACT.Trade.Note.created";

  @TempDir
  private static Path home;
  private static EmbeddedPostgres database;
  private static ChainOfTwo chain;
  private static NodePair pair;

  /** The chain's wiring, with the shared database in PostgreSQL. */
  private record BothMedia(ChainOfTwo chain, EmbeddedPostgres database) implements NodePair.Wiring {
    @Override
    public String channels(String own) {
      return chain.channels(own);
    }

    @Override
    public String routes() {
      return chain.routes();
    }

    @Override
    public String medium() {
      return "medium: \"jdbc:postgresql://127.0.0.1:" + database.getPort() + "/postgres\"\nuser: postgres";
    }
  }

  @BeforeAll
  static void start() throws Exception {
    database = EmbeddedPostgres.builder().start();
    chain = ChainOfTwo.start(home, DevChain.Options.fleeting(), """
        - { name: certificates, predicate: [UN.CEFACT.Trade.CertificateOfOrigin.*], channels: [chain], resend: true }
        - { name: others, channels: [shared] }
        """);
    pair = NodePair.start(home, List.of(0, 0), new BothMedia(chain, database), "");
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable part : new AutoCloseable[]{pair, chain, database}) {
      if (part != null) {
        part.close();
      }
    }
  }

  private static void awaitMining(Callable<Boolean> condition) {
    await().atMost(SOON).pollInterval(Duration.ofMillis(200)).until(() -> {
      chain.mine(1);
      return condition.call();
    });
  }

  private static String channelStatus(Side side, String reference) {
    return side.message(NodePair.AU, reference).path("channel_status").asString("");
  }

  private static boolean arrived(String subject, String status) {
    List<JsonNode> there = pair.side(NodePair.SG).messagesAbout(subject);
    return there.size() == 1 && there.getFirst().path("channel_status").asString("").equals(status);
  }

  private static List<String> told(Side side, String reference) {
    return side.journal(NodePair.AU, reference).path("journal").valueStream()
        .map(step -> step.path("detail").asString("")).toList();
  }

  @Test
  void messagesCrossOverBothChannelsAtOnce() {
    Side au = pair.side(NodePair.AU);
    String document = au.upload("both".getBytes(StandardCharsets.UTF_8), "text/plain", NodePair.SG);
    List<String> references = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String reference = "both-" + i;
      au.send(reference, NodePair.SG, reference, document, i % 2 == 0 ? CERTIFICATES : NOTES);
      references.add(reference);
    }
    awaitMining(() -> references.stream().allMatch(reference -> channelStatus(au, reference).equals("confirmed")));
    awaitMining(() -> references.stream().allMatch(reference -> arrived(reference, "confirmed")));
    List<String> ways = references.stream()
        .map(reference -> pair.side(NodePair.SG).message(NodePair.AU, reference).path("channel_id").asString())
        .toList();
    assertThat(ways).containsExactly("chain", "shared", "chain", "shared", "chain", "shared", "chain", "shared",
        "chain", "shared");
    await().atMost(SOON).until(() -> pair.side(NodePair.SG).download(document).isPresent());
  }

  @Test
  void forkTurnsConfirmedIntoRevokedOnBothSidesAndTheMessageIsSentAgainOnce() {
    Side au = pair.side(NodePair.AU);
    String reference = "forked";
    long before = chain.height();
    String bystander = "beside-the-fork";
    au.send(reference, NodePair.SG, reference, "some.name.of.document", CERTIFICATES);
    au.send(bystander, NodePair.SG, bystander, "some.name.of.document", NOTES);
    awaitMining(() -> channelStatus(au, reference).equals("confirmed") && arrived(reference, "confirmed"));
    awaitMining(() -> channelStatus(au, bystander).equals("confirmed") && arrived(bystander, "confirmed"));
    String first = au.message(NodePair.AU, reference).path("channel_txn_id").asString();

    chain.fork(Math.toIntExact(chain.height() - before));
    awaitMining(() -> told(au, reference).contains("channel chain says revoked"));
    awaitMining(() -> told(pair.side(NodePair.SG), reference).contains("channel chain says false_alarm"));
    awaitMining(() -> channelStatus(au, reference).equals("confirmed") && arrived(reference, "confirmed"));
    String second = au.message(NodePair.AU, reference).path("channel_txn_id").asString();
    assertThat(second).isNotEqualTo(first);
    assertThat(pair.side(NodePair.SG).message(NodePair.AU, reference).path("channel_txn_id").asString())
        .isEqualTo(second);

    chain.fork(Math.toIntExact(chain.height() - before));
    awaitMining(() -> channelStatus(au, reference).equals("revoked"));
    assertThat(told(au, reference)).filteredOn(step -> step.contains("sends it again")).hasSize(1);
    assertThat(told(pair.side(NodePair.SG), reference)).filteredOn(step -> step.contains("as " + second)).hasSize(1);
    assertThat(pair.side(NodePair.SG).messagesAbout(reference)).hasSize(1);

    assertThat(channelStatus(au, bystander)).isEqualTo("confirmed");
    assertThat(arrived(bystander, "confirmed")).isTrue();
    assertThat(told(au, bystander)).noneMatch(step -> step.contains("revoked") || step.contains("again"));
  }
}
