package dev.fairway.connectors.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.connector.json.Json;
import dev.fairway.connectors.Connectors;
import dev.fairway.connectors.ConnectorsConfig;
import dev.fairway.connectors.oauth.TaskCredentials;
import dev.fairway.connectors.sealed.Sealed;
import dev.fairway.connectors.spec.FlowFile;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Contract;
import dev.fairway.core.ledger.From;
import dev.fairway.core.ledger.LedgerEvent;
import dev.fairway.core.ledger.LedgerStream;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Offset;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.testing.ledger.ContractModel;
import dev.fairway.testing.ledger.MemoryLedger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A ledger in tables shows at every offset what the ledger itself shows, whatever began again in between. */
abstract class LedgerTablesContract {
  private static final long SEED = 20_260_101;
  private static final TemplateId REQUEST = TemplateId.parse(ContractModel.REQUEST);

  @TempDir
  Path dir;
  private final Clock clock = Clock.systemUTC();
  private final Sealed sealed = new Sealed(List.of(), clock);
  private final MemoryLedger ledger = new MemoryLedger(clock, ContractModel.MODEL);
  private final Party alice = ledger.allocate("alice");
  private final Party bob = ledger.allocate("bob");
  private final Random random = new Random(SEED);
  private String templates = "*";

  /** {@code materialize-ledger-…} */
  abstract String image();

  abstract ObjectNode config();

  abstract Connection connect() throws SQLException;

  final FlowFile file(int backfill) throws Exception {
    return FlowFile.read(Files.writeString(dir.resolve("flow.yaml"), """
        captures:
          acme/ledger:
            endpoint: { connector: { image: fairway/source-ledger, config: { ledger: trade, parties: [%s] } } }
            bindings: [{ resource: { stream: events, templates: ["%s"] }, target: acme/events, backfill: %d }]
        materializations:
          acme/tables:
            endpoint: { connector: { image: fairway/%s, config: %s } }
            bindings: [{ source: acme/events, resource: {} }]
        collections:
          acme/events: { schema: { type: object, properties: { contract: { type: string }, event: { type: string } },
            required: [contract, event] }, key: [/contract, /event] }
        """.formatted(alice, templates, backfill, image(), Json.text(config()))), sealed);
  }

  /** Captures and stores what there is; transactions of the ledger are cut into several of the destination. */
  private void catchUp(int backfill) throws Exception {
    FlowFile file = file(backfill);
    Path data = dir.resolve("data");
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(data.resolve("store")), clock, List.of("connectors"));
        Connectors connectors = new Connectors(store, data.resolve("collections"),
            new ConnectorsConfig(List.of(dir.resolve("flow.yaml")), 1 << 20, 1 << 20, 700), sealed, clock,
            name -> ledger, TaskCredentials.AS_CONFIGURED)) {
      Offset end = ledger.end();
      connectors.start();
      Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50)).until(() -> shows(end));
      assertThat(Objects.requireNonNull(file.captures().get("acme/ledger")).name()).isEqualTo("acme/ledger");
    }
  }

  private boolean shows(Offset offset) throws SQLException {
    try (Connection connection = connect();
        PreparedStatement query = connection
            .prepareStatement("SELECT 1 FROM ledger_offsets WHERE ledger_offset = ?")) {
      query.setString(1, offset.value());
      try (ResultSet rows = query.executeQuery()) {
        return rows.next();
      }
    } catch (SQLException e) {
      // Not made yet.
      return false;
    }
  }

  private void happen(int transactions) {
    for (int i = 0; i < transactions; i++) {
      List<Contract> mine = ledger.active().stream().filter(c -> c.template().entity().equals("Request")).toList();
      List<Command> commands = new ArrayList<>();
      for (int n = random.nextInt(3); n >= 0; n--) {
        commands.add(Command.create(REQUEST, LedgerValue.struct("requester", LedgerValue.party(alice), "operator",
            LedgerValue.party(bob)).with("text", LedgerValue.text("request \"" + i + "\" \u00fc a\u0000b"))));
      }
      if (!mine.isEmpty() && random.nextBoolean()) {
        commands.add(Command.exercise(mine.get(random.nextInt(mine.size())), "Cancel", LedgerValue.struct()));
      }
      assertThat(ledger.submit(new Submission(UUID.randomUUID().toString(), alice, commands)))
          .isInstanceOf(SubmitResult.Accepted.class);
    }
  }

  private Set<String> onLedger(Offset offset) throws InterruptedException {
    Set<String> ids = new TreeSet<>();
    try (LedgerStream stream = ledger.open(Query.all(alice), new From.SnapshotAt(offset))) {
      while (true) {
        for (LedgerEvent event : stream.read(100, Duration.ofSeconds(30))) {
          switch (event) {
            case LedgerEvent.Created created -> ids.add(created.contract().id().value());
            case LedgerEvent.SnapshotEnd _ -> {
              return ids;
            }
            default -> throw new IllegalStateException("in a snapshot: " + event);
          }
        }
      }
    }
  }

  final Set<String> inTables(String sql) throws SQLException {
    Set<String> ids = new TreeSet<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  @Test
  void everyOffsetIsShownAsTheLedgerShowsItAlthoughBothSidesBeginAgain() throws Exception {
    happen(5);
    int first = Integer.parseInt(ledger.end().value());
    catchUp(0);
    for (int round = 0; round < 3; round++) {
      happen(8);
      catchUp(0);
    }
    int last = Integer.parseInt(ledger.end().value());
    for (int offset = first; offset <= last; offset++) {
      assertThat(inTables("SELECT contract_id FROM ledger_active_at WHERE at_offset = '" + offset + "'"))
          .as("at " + offset).isEqualTo(onLedger(new Offset("" + offset)));
    }
    assertThat(inTables("SELECT contract_id FROM ledger_active")).isEqualTo(onLedger(ledger.end())).isNotEmpty();
    assertThat(inTables("SELECT payload FROM ledger_contracts").stream().map(Json::parse)
        .map(payload -> payload.path("requester").asString("")).distinct()).containsExactly("alice");
    assertThat(inTables("SELECT payload FROM ledger_contracts").stream().map(Json::parse))
        .allSatisfy(payload -> assertThat(payload.path("text").asString("")).endsWith("a\u0000b"));
  }

  @Test
  void whatOneSnapshotEndedComesBackWithALaterOne() throws Exception {
    happen(5);
    catchUp(0);
    happen(1);
    templates = ContractModel.ANSWER;
    catchUp(1);
    assertThat(inTables("SELECT contract_id FROM ledger_active")).isEmpty();
    happen(1);
    templates = "*";
    catchUp(2);
    assertThat(inTables("SELECT contract_id FROM ledger_active")).isEqualTo(onLedger(ledger.end())).isNotEmpty();
  }

  @Test
  void aNewSnapshotAfterPruningEndsWhatIsGone() throws Exception {
    happen(10);
    catchUp(0);
    Set<String> before = inTables("SELECT contract_id FROM ledger_active");
    happen(10);
    ledger.prune();
    assertThatThrownBy(() -> capture(0)).hasMessageContaining("no longer has what follows offset")
        .hasMessageContaining("backfill");
    catchUp(1);
    assertThat(inTables("SELECT contract_id FROM ledger_active")).isEqualTo(onLedger(ledger.end()));
    assertThat(inTables("SELECT contract_id FROM ledger_active_at WHERE at_offset = '10'")).isEqualTo(before);
  }

  private void capture(int backfill) throws Exception {
    FlowFile file = file(backfill);
    try (
        SqlStore store = SqlStore.open(new StorageConfig.Embedded(dir.resolve("data/store")), clock,
            List.of("connectors"));
        Connectors connectors = new Connectors(store, dir.resolve("data/collections"), ConnectorsConfig.of(List.of()),
            sealed, clock, name -> ledger, TaskCredentials.AS_CONFIGURED)) {
      connectors.step(file, Objects.requireNonNull(file.captures().get("acme/ledger"))).run();
    }
  }
}
