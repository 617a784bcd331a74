package dev.fairway.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.core.ledger.Party;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of one node on one PostgreSQL: one of them acts for an integration, and the other when that one dies. */
@Timeout(600)
class SharedIntegrationsTest {
  private static final Duration SOON = Duration.ofMinutes(3);

  @TempDir
  private Path folder;

  @Test
  void oneProcessReadsTheLedgerForAnIntegrationAndTheOtherTakesOverWhenItDies() throws Exception {
    try (Database database = Database.start(folder.resolve("database"));
        ServedNode one = ServedNode.start(folder, "one", "AU", database.settings());
        ServedNode two = ServedNode.start(folder, "two", "AU", database.settings())) {
      Party party = new Party("ringer");
      var atOne = new Bells(one, party);
      var atTwo = new Bells(two, party);
      atOne.giveTemplates();
      atOne.ringOn("local");
      eventually(() -> assertThat(List.of(state(one), state(two))).containsExactly("running", "standing by"));
      for (int i = 0; i < 20; i++) {
        assertThat((i % 2 == 0 ? atOne : atTwo).write(i)).isTrue();
      }
      eventually(() -> assertThat(atTwo.rings("local")).hasSize(20));

      one.process().kill();
      for (int i = 20; i < 30; i++) {
        assertThat(atTwo.write(i)).isTrue();
      }
      eventually(() -> assertThat(state(two)).isEqualTo("running"));
      eventually(() -> assertThat(atTwo.rings("local")).hasSizeGreaterThanOrEqualTo(30));
      one.restart();
      eventually(() -> assertThat(state(one)).isEqualTo("standing by"));
      Awaitility.await().atMost(SOON).until(atTwo::idle);
      assertThat(atTwo.rings("local")).containsExactlyInAnyOrderElementsOf(atTwo.messages("local"));

      one.post("/api/integrations/ring-local/stop", "application/json", "");
      eventually(() -> assertThat(List.of(state(one), state(two))).containsOnly("stopped"));
    }
  }

  private static String state(ServedNode node) throws Exception {
    return node.json("/api/integrations/ring-local").path("state").asString();
  }

  private static void eventually(ThrowingRunnable assertion) {
    Awaitility.await().atMost(SOON).untilAsserted(assertion);
  }
}
