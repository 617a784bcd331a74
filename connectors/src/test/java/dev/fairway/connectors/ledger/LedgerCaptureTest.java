package dev.fairway.connectors.ledger;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.oauth.TaskCredentials;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.testing.ledger.ContractModel;
import dev.fairway.testing.ledger.MemoryLedger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a capture of a ledger may be configured. */
class LedgerCaptureTest {
  @TempDir
  Path dir;

  @Test
  @Timeout(60)
  void twoBindingsIntoOneCollectionAreRefused() throws Exception {
    Clock clock = Clock.systemUTC();
    Sealed sealed = new Sealed(List.of(), clock);
    MemoryLedger ledger = new MemoryLedger(clock, ContractModel.MODEL);
    FlowFile file = FlowFile.read(Files.writeString(dir.resolve("flow.yaml"), """
        captures:
          acme/ledger:
            endpoint: { connector: { image: fairway/source-ledger, config: { ledger: trade, parties: [%s] } } }
            bindings:
              - { resource: { stream: requests, templates: ["Contract:Request"] }, target: acme/events }
              - { resource: { stream: answers, templates: ["Contract:Answer"] }, target: acme/events }
        collections:
          acme/events: { schema: { type: object, properties: { contract: { type: string }, event: { type: string } },
            required: [contract, event] }, key: [/contract, /event] }
        """.formatted(ledger.allocate("alice"))), sealed);
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("store")), clock, List.of("connectors"));
        Connectors connectors = new Connectors(store, dir.resolve("collections"), ConnectorsConfig.of(List.of()),
            sealed, clock, name -> ledger, TaskCredentials.AS_CONFIGURED)) {
      var step = connectors.step(file, Objects.requireNonNull(file.captures().get("acme/ledger")));
      assertThatThrownBy(step::run).hasMessageContaining("two bindings of a ledger capture have the same target")
          .hasMessageContaining("acme/events").hasMessageContaining("each needs a collection of its own");
    }
  }
}
