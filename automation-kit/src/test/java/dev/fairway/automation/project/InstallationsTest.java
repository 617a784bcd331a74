package dev.fairway.automation.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.automation.installed.Installations;
import dev.fairway.automation.ledger.StoreLedger;
import dev.fairway.automation.runtime.ActiveContracts;
import dev.fairway.automation.runtime.Automation;
import dev.fairway.automation.runtime.AutomationConfig;
import dev.fairway.automation.runtime.IntegrationConfig;
import dev.fairway.automation.runtime.Ledgers;
import dev.fairway.core.journal.Event;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.Ledger;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.Party;
import dev.fairway.core.ledger.Query;
import dev.fairway.core.ledger.Submission;
import dev.fairway.core.ledger.SubmitResult;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.store.Audit;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import dev.fairway.store.blob.DiskBlobs;
import dev.fairway.store.workers.Handlers;
import dev.fairway.store.workers.Workers;
import dev.fairway.store.workers.WorkersConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Packages on a node: what an author built, an operator installs, upgrades, configures and takes away. */
@Timeout(300)
class InstallationsTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String OPERATOR = "olga";

  @TempDir
  private Path folder;
  private Path dit = Path.of("");

  @BeforeEach
  void build() throws IOException {
    dit = build(Scaffold.make(folder, "desk"));
  }

  private static Path build(Project project) throws IOException {
    return project.build(new Project.Build(true, true, List.of(), LocalDate.of(2026, 3, 1), dar -> {
      throw new AssertionError("there is no DAR");
    }), new PrintWriter(Writer.nullWriter())).file();
  }

  /** A node's automation, closed and opened again on one folder. */
  private final class Desk implements AutoCloseable {
    final SqlStore store = SqlStore.open(new StorageConfig.Embedded(folder.resolve("node")), Clock.systemUTC(),
        List.of("automation"));
    final Ledger ledger = new StoreLedger(store, List.of());
    final Handlers handlers = new Handlers();
    final CountDownLatch answers = new CountDownLatch(1);
    final Automation automation = new Automation(store, handlers, Ledgers.of(ledger, Map.of("slow", slow())), call -> {
      throw new UnsupportedOperationException("no calls to the outside here");
    }, Clock.systemUTC(), AutomationConfig.DEFAULT);
    final Installations installations = new Installations(store, new DiskBlobs(folder.resolve("blobs")),
        folder.resolve("packages"), automation);
    final Workers workers = new Workers(store.work(), handlers, Clock.systemUTC(), WorkersConfig.DEFAULT).start();

    Desk() {
      installations.start(List.of());
    }

    /** The same ledger behind a line on which nothing comes back until it is told to. */
    private Ledger slow() {
      return (Ledger) Proxy.newProxyInstance(Ledger.class.getClassLoader(), new Class<?>[]{Ledger.class},
          (proxy, method, arguments) -> {
            answers.await();
            return method.invoke(ledger, arguments);
          });
    }

    void install() throws IOException {
      try (InputStream file = Files.newInputStream(dit)) {
        installations.install(file, OPERATOR);
      }
    }

    void configure(String greeting) {
      installations.configure(
          new IntegrationConfig("front", "desk:desk", new Party("bob"), Map.of("greeting", greeting)),
          true, OPERATOR);
    }

    void visit(String name) {
      Party alice = ledger.allocate("alice");
      LedgerValue.Struct payload = LedgerValue.struct("visitor", LedgerValue.party(alice), "host",
          LedgerValue.party(new Party("bob"))).with("name", LedgerValue.text(name));
      assertThat(ledger.submit(new Submission("t-" + UUID.randomUUID(), alice,
          List.of(Command.create(TemplateId.parse("#desk:Desk:Visitor"), payload)))))
          .isInstanceOf(SubmitResult.Accepted.class);
    }

    void awaitGreeting(String words) {
      Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(ActiveContracts
          .read(ledger, Query.of(new Party("bob"), TemplateId.parse("Desk:Greeting"))).stream()
          .map(c -> c.payload().text("words"))).contains(words));
    }

    @Override
    public void close() {
      automation.close();
      workers.close();
      store.close();
    }
  }

  @Test
  void installedIntegrationRunsAndIsThereAgainAfterARestart() throws IOException {
    try (Desk desk = new Desk()) {
      desk.install();
      desk.configure("Hello");
      desk.visit("Alice");
      desk.awaitGreeting("Hello, Alice!");
    }
    try (Desk desk = new Desk()) {
      desk.visit("Anna");
      desk.awaitGreeting("Hello, Anna!");
      assertThat(new Audit(desk.store).list(Optional.of("front"), Long.MAX_VALUE, 10)).extracting(Audit.Entry::act)
          .containsExactly("integration.configured");
      // An open page shows what the journal tells it of: here that it was set up, and twice that it came up.
      Awaitility.await().atMost(SOON).untilAsserted(() -> assertThat(desk.store.journal().about("front", 10))
          .extracting(Event::type).containsExactlyInAnyOrder("automation.integration.configured",
              "automation.integration.running", "automation.integration.running"));
    }
  }

  @Test
  void newSettingsAndNewVersionsTakeEffectAtOnce() throws IOException {
    try (Desk desk = new Desk()) {
      desk.install();
      desk.configure("Hello");
      desk.configure("Good day");
      desk.visit("Alice");
      desk.awaitGreeting("Good day, Alice!");

      Project project = new Project(folder.resolve("desk"));
      for (String file : List.of("dit-meta.yaml", "src/desk/Desk.java")) {
        Path path = project.folder().resolve(file);
        Files.writeString(path,
            Files.readString(path).replace("0.1.0", "0.2.0").replace("+ \"!\"", "+ \" - welcome back!\""));
      }
      dit = build(project);
      desk.install();
      assertThat(desk.installations.packages()).singleElement()
          .satisfies(installed -> assertThat(installed.facts().version()).isEqualTo("0.2.0"));
      desk.visit("Anna");
      desk.awaitGreeting("Good day, Anna - welcome back!");
    }
  }

  @Test
  void stoppedIntegrationStaysStoppedAndFindsItsWorkWhenStarted() throws IOException {
    try (Desk desk = new Desk()) {
      desk.install();
      desk.configure("Hello");
      desk.installations.stop("front", OPERATOR);
      desk.visit("Alice");
    }
    try (Desk desk = new Desk()) {
      assertThat(desk.installations.find("front").state()).isEqualTo("stopped");
      desk.installations.start("front", OPERATOR);
      desk.awaitGreeting("Hello, Alice!");
    }
  }

  @Test
  void packageInUseIsNotTakenAway() throws IOException {
    try (Desk desk = new Desk()) {
      desk.install();
      desk.configure("Hello");
      assertThatThrownBy(() -> desk.installations.uninstall("desk", OPERATOR)).hasMessageContaining("front");
      desk.installations.remove("front", OPERATOR);
      desk.installations.uninstall("desk", OPERATOR);
      assertThat(desk.installations.packages()).isEmpty();
      assertThatThrownBy(() -> desk.configure("Hello")).hasMessageContaining("no integration type desk:desk");
    }
  }

  @Test
  void whatIsNoPackageChangesNothing() {
    try (Desk desk = new Desk()) {
      assertThatThrownBy(() -> desk.installations.install(InputStream.nullInputStream(), OPERATOR))
          .hasMessageContaining("no package");
      assertThat(desk.installations.packages()).isEmpty();
    }
  }

  @Test
  void integrationThatCannotStartHindersNobody() throws IOException {
    try (Desk desk = new Desk()) {
      desk.install();
      desk.configure("Hello");
    }
    try (Desk desk = new Desk()) {
      desk.installations.stop("front", OPERATOR);
      desk.installations.remove("front", OPERATOR);
      desk.installations.start(List.of(new IntegrationConfig("odd", "nothing:like-it", new Party("bob"), Map.of())));
      assertThat(desk.installations.find("odd")).satisfies(odd -> {
        assertThat(odd.state()).isEqualTo("failed");
        assertThat(odd.failure().orElseThrow()).contains("no integration type nothing:like-it");
      });
      desk.configure("Hello");
      desk.visit("Alice");
      desk.awaitGreeting("Hello, Alice!");
    }
  }

  @Test
  void ledgerThatDoesNotAnswerHoldsUpItsOwnIntegrationsAlone() throws IOException {
    try (Desk desk = new Desk()) {
      desk.install();
      IntegrationConfig front = new IntegrationConfig("front", "desk:desk", new Party("bob"),
          Map.of("greeting", "Hello"));
      IntegrationConfig back = new IntegrationConfig("back", "desk:desk", "slow", new Party("carol"),
          Map.of("greeting", "Hello"));
      desk.installations.start(List.of(back, front));
      assertThat(desk.installations.find("front").state()).isEqualTo("running");
      assertThat(desk.installations.find("back").failure().orElseThrow())
          .isEqualTo("it is being started; its ledger has not answered yet");
      desk.answers.countDown();
      Awaitility.await().atMost(SOON)
          .untilAsserted(() -> assertThat(desk.installations.find("back").running()).isPresent());
    }
  }
}
