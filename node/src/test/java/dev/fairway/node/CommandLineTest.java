package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.node.config.Settings;
import dev.fairway.node.pair.Listener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands that are clients of a node, against a started one, and what all commands say when something is wrong. */
class CommandLineTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String HELLO = "QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT5";

  @TempDir
  private static Path folder;
  private static Node node;

  @BeforeAll
  static void start() throws IOException {
    Settings settings = Settings.load(Optional.of(config(folder, "")), Map.of(), _ -> null);
    NodeConfig config = NodeConfig.from(settings.root());
    settings.check();
    node = Node.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Path config(Path home, String more) throws IOException {
    return Files.writeString(home.resolve("fairway.yaml"), """
        profile: dev
        listen: 127.0.0.1:0
        dir: %s
        exchange:
          channels:
            shared: { type: shared-database, medium: %s, participants: [AU, SG] }
          routes:
            - { receiver: [SG], channels: [shared] }
        %s""".formatted(home.resolve("data"), home.resolve("medium"), more));
  }

  private static Ran ask(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--node", node.url().toString()));
    return Ran.fairway(all.toArray(String[]::new));
  }

  private static String done(String... arguments) {
    Ran ran = ask(arguments);
    assertThat(ran.code()).as(ran.out() + ran.err()).isZero();
    return ran.out();
  }

  private static String send(String subject) {
    String shown = done("message", "send", "--from", "AU", "--to", "SG", "--subject", subject, "--obj", HELLO,
        "--predicate", "UN.CEFACT.Trade.CertificateOfOrigin.created");
    Matcher ref = Pattern.compile("(?m)^sender_ref +(\\S+)$").matcher(shown);
    assertThat(ref.find()).as(shown).isTrue();
    return "AU:" + ref.group(1);
  }

  @Test
  void aMessageIsSentShownListedAndFollowed() {
    String ref = send("followed");
    assertThat(done("message", "show", ref)).contains("followed").contains("CertificateOfOrigin");
    assertThat(done("message", "show", ref, "--json")).startsWith("{").contains("\"subject\" : \"followed\"");
    assertThat(done("message", "list", "--subject", "followed", "--limit", "5")).contains(ref.substring(3));
    assertThat(done("message", "list", "--subject", "nobody's")).contains("no messages");
    await().atMost(SOON)
        .untilAsserted(() -> assertThat(done("message", "journal", ref)).contains("pending").contains("accepted"));
  }

  @Test
  void aLongListGoesOnWhereItEnded() {
    send("paged");
    send("paged");
    String first = done("message", "list", "--subject", "paged", "--limit", "1");
    Matcher more = Pattern.compile("more: --cursor (\\S+)").matcher(first);
    assertThat(more.find()).as(first).isTrue();
    String second = done("message", "list", "--subject", "paged", "--limit", "1", "--cursor", more.group(1));
    assertThat(second.lines().skip(1).findFirst()).isNotEqualTo(first.lines().skip(1).findFirst());
  }

  @Test
  void aWrongRequestIsToldInTheNodesWordsAndAnswersTwo() {
    Ran ran = ask("message", "list", "--limit", "501");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("limit must be 1 to 500, is 501").hasLineCount(1);
    assertThat(ask("message", "show", "AU:none").err()).contains("No message with that reference");
    assertThat(Ran.fairway("message", "send").code()).isEqualTo(2);
  }

  @Test
  void aDocumentGoesInAndComesOut() throws IOException {
    Path file = Files.writeString(folder.resolve("hello.txt"), "hello");
    assertThat(done("document", "put", file.toString(), "--for", "SG").strip()).isEqualTo(HELLO);
    assertThat(done("document", "put", file.toString(), "--for", "SG", "--json")).contains("\"multihash\"");
    Path copy = folder.resolve("copy.txt");
    done("document", "get", HELLO, "--as", "SG", "-o", copy.toString());
    assertThat(copy).hasContent("hello");
    assertThat(done("document", "list")).contains(HELLO).contains("text/plain");
    assertThat(done("document", "list", "--limit", "1", "--json")).contains("\"bytes\" : 5");
    assertThat(ask("document", "get", HELLO, "--as", "NZ").err()).contains("404").contains("not found");
    assertThat(ask("document", "list", "--limit", "0").code()).isEqualTo(2);
  }

  @Test
  void aFileThereIsNotIsNamed() {
    Ran ran = ask("document", "put", folder.resolve("absent.pdf").toString(), "--for", "SG");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("absent.pdf").doesNotContain("\tat ");
  }

  @Test
  void whatIsNoFileIsNotTakenForANodeThatIsDown() {
    Ran ran = ask("document", "put", folder.toString(), "--for", "SG");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains(folder + " is not a file").hasLineCount(1);
  }

  @Test
  void aRequestThatIsNotThereIsTold() {
    Ran ran = ask("request", "wait", "00ab");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("no request 00ab").hasLineCount(1);
  }

  @Test
  void aRequestOfNoNameIsRefusedBeforeANodeIsAsked() {
    Ran ran = Ran.fairway("request", "wait", "");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("CONTRACT").contains("it is empty");
  }

  @Test
  void aRequestThatIsNotThereIsNotWaitedForLong() throws IOException {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer unknowing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    unknowing.createContext("/", exchange -> {
      try (exchange) {
        asked.add(exchange.getRequestURI().getQuery());
        exchange.sendResponseHeaders(404, -1);
      }
    });
    unknowing.start();
    try {
      Ran ran = Ran.fairway("request", "wait", "00ab", "--timeout", "300", "--node",
          "http://127.0.0.1:" + unknowing.getAddress().getPort());
      assertThat(ran.code()).isEqualTo(2);
    } finally {
      unknowing.stop(0);
    }
    assertThat(asked).as("seconds that the node was asked to wait").containsExactly("wait=5");
  }

  @Test
  void aMarketThatANodeDoesNotKeepIsToldWithTheMend() {
    assertThat(ask("datatrust", "tasks").err()).contains("its settings lack the section").hasLineCount(1);
  }

  @Test
  void aSubscriptionIsConfirmedListedAndEnded() throws IOException {
    try (Listener listener = new Listener()) {
      String callback = listener.callback().toString();
      assertThat(done("subscription", "add", "--topic", "told.*", "--callback", callback)).contains("asked");
      await().atMost(SOON).untilAsserted(
          () -> assertThat(done("subscription", "list")).contains(callback).contains("told.*"));
      Matcher id = Pattern.compile("\"id\" : \"([^\"]+)\"").matcher(done("subscription", "list", "--json"));
      assertThat(id.find()).isTrue();
      done("subscription", "remove", "--topic", "told.*", "--callback", callback);
      await().atMost(SOON).untilAsserted(() -> assertThat(done("subscription", "list")).doesNotContain(callback));
      done("subscription", "add", "--topic", "again.*", "--callback", callback, "--secret", "s", "--lease", "3600");
      await().atMost(SOON).untilAsserted(() -> assertThat(done("subscription", "list")).contains("again"));
      Matcher again = Pattern.compile("\"id\" : \"([^\"]+)\"").matcher(done("subscription", "list", "--json"));
      assertThat(again.find()).isTrue();
      assertThat(done("subscription", "delete", again.group(1))).contains("ended");
      assertThat(done("subscription", "list")).doesNotContain(callback);
    }
  }

  @Test
  void workIsCountedByKind() {
    assertThat(done("work")).satisfiesAnyOf(text -> assertThat(text).contains("no work"),
        text -> assertThat(text).contains("kind").contains("waiting"));
    assertThat(done("work", "--json")).startsWith("[");
    assertThat(done("dead", "list")).contains("no dead letters");
  }

  @Test
  void aNodeThatIsNotThereIsToldInOneSentence() {
    Ran ran = Ran.fairway("work", "--node", "http://127.0.0.1:9");
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).startsWith("fairway: no node answers at http://127.0.0.1:9").hasLineCount(1);
  }

  @Test
  void theDoctorFindsNothingWrongWithAGoodConfiguration(@TempDir Path home) throws IOException {
    Ran ran = Ran.fairway("doctor", "--config", config(home, "").toString());
    assertThat(ran.out()).contains("ok    configuration").contains("ok    database").contains("ok    port");
  }

  @Test
  void theDoctorSaysWhatToMend(@TempDir Path home) throws IOException {
    Path config = config(home, """
          documents:
            SG: http://127.0.0.1:9/document-api/
        connectors: { kafka: { bootstrap-servers: "127.0.0.1:9", patience: 1s } }
        """);
    Ran ran = Ran.fairway("doctor", "--config", config.toString(), "--listen",
        node.url().getHost() + ":" + node.url().getPort());
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).contains("MEND  port").contains("choose another with listen:")
        .contains("MEND  documents of SG").contains("check the address")
        .contains("MEND  connectors.kafka").contains("check the bootstrap servers");
    Ran wrong = Ran.fairway("doctor", "--config", config(home, "colour: red\n").toString());
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.out()).contains("MEND  configuration").contains("colour");
  }

  @Test
  void anAddressOfAnotherMachineIsToldInOneSentence(@TempDir Path home) throws IOException {
    Path config = config(home, """
        behind-tls-proxy: true
        auth: { issuers: [{ issuer: "https://login.example.org", jwks: "https://login.example.org/keys" }] }
        """);
    Ran ran = Ran.fairway("serve", "--config", config.toString(), "--profile", "production", "--listen",
        "192.0.2.1:8080");
    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("192.0.2.1:8080").contains("not this machine's").hasLineCount(1);
  }

  @Test
  void aBrokenDatabaseFileIsRefusedWithWhatToDo(@TempDir Path home) throws IOException {
    Files.createDirectories(home.resolve("data"));
    Files.write(home.resolve("data/fairway.db"),
        "this is no database, whatever its name says".repeat(200).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    Ran ran = Ran.fairway("serve", "--config", config(home, "").toString());
    assertThat(ran.code()).isNotZero();
    assertThat(ran.err()).contains("fairway.db").containsIgnoringCase("restore").doesNotContain("\tat ");
  }

  @CommandLine.Command(name = "fail")
  private static final class Fail implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new IllegalStateException("the ballast has shifted");
    }
  }

  private static String failing(Path traces) {
    StringWriter err = new StringWriter();
    int code = new CommandLine(new Fail()).setExecutionExceptionHandler(new Failures(traces))
        .setErr(new PrintWriter(err)).execute();
    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).startsWith("fairway: fail failed: the ballast has shifted");
    return err.toString();
  }

  @Test
  void aFailureNobodyForesawIsOneSentenceAndItsTraceAFile(@TempDir Path traces) {
    String told = failing(traces);
    Matcher file = Pattern.compile("the stack trace is in ([^)]+)\\)").matcher(told);
    assertThat(told).hasLineCount(1);
    assertThat(file.find()).isTrue();
    assertThat(Path.of(file.group(1))).hasParent(traces).content().contains("\tat dev.fairway.node.CommandLineTest");
  }

  @Test
  void aTraceThatCannotBeWrittenIsShown(@TempDir Path home) {
    Path missing = home.resolve("missing");
    assertThat(failing(missing)).contains("(the stack trace follows, as it cannot be written to " + missing + ")")
        .contains("\tat dev.fairway.node.CommandLineTest");
  }
}
