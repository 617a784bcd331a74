package dev.fairway.automation.runtime;

import static dev.fairway.automation.runtime.Node.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.core.FairwayException;
import dev.fairway.core.ledger.Command;
import dev.fairway.core.ledger.LedgerValue;
import dev.fairway.core.ledger.TemplateId;
import dev.fairway.web.outbound.EgressPolicy;
import dev.fairway.web.outbound.OutboundClient;
import dev.fairway.web.outbound.OutboundConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bot against a stub of its pod, key manager and agent. */
@Timeout(180)
class SymphonyChatTest {
  private static final String BOT = "harbour.bot";
  private static final String MODEL = """
      package: { name: symphony, version: 1.0.0 }
      templates:
        Bot:Out:
          fields: { integrationParty: Party, symphonyStreamId: Text, messageText: Text }
          signatories: [integrationParty]
        Bot:In:
          fields: { integrationParty: Party, receivedAt: Time, symphonyStreamId: Text, symphonyUser: Text,
                    symphonyUserName: Text, messageId: Text, messageText: Text }
          signatories: [integrationParty]
        Bot:Form:
          fields: { integrationParty: Party, receivedAt: Time, symphonyStreamId: Text, symphonyUser: Text,
                    symphonyUserName: Text, formId: Text, action: Text, formJSON: Text }
          signatories: [integrationParty]
      """;
  /** Bytes before the key of PKCS #1 in that of PKCS #8, for a key of 2,048 bits. */
  private static final int PKCS8_HEAD = 26;

  private static KeyPair keys;

  @TempDir
  private Path folder;

  private OutboundClient client;

  @BeforeAll
  static void makeKeys() throws NoSuchAlgorithmException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2_048);
    keys = generator.generateKeyPair();
  }

  @BeforeEach
  void openClient() {
    client = new OutboundClient(OutboundConfig.defaults(), EgressPolicy.trusting());
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  @Test
  void contractsAreSentAndWhatIsSaidBecomesContracts() throws Exception {
    try (var pod = new StubSymphony(BOT, keys.getPublic());
        var node = new Node(folder, ledger -> ledger, new Outside(client))) {
      run(node, pod, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      send(node, "room_1", "5 < 6");
      eventually(() -> assertThat(node.active(node.bob, "Bot:Out")).isEmpty());
      assertThat(pod.sent()).containsExactly("room_1 <messageML>5 &lt; 6</messageML>");

      pod.say("alice", "<div data-format=\"PresentationML\">buy <b>5</b></div>");
      pod.say(BOT, "<div>what the bot said</div>");
      pod.sendIn("alice", "order", Map.of("action", "submit", "ticker", "ABC"));
      eventually(() -> assertThat(said(node)).containsExactly("buy 5"));
      eventually(() -> assertThat(node.active(node.bob, "Bot:Form")).singleElement().satisfies(form -> {
        assertThat(List.of("formId", "action", "symphonyUserName")).extracting(form.payload()::text)
            .containsExactly("order", "submit", "alice");
        assertThat(form.payload().text("formJSON")).contains("\"ticker\":\"ABC\"");
      }));
    }
  }

  @Test
  void tokensThatRunOutAFeedThatIsLostAndABreakdownLoseAndRepeatNothing() throws Exception {
    try (var pod = new StubSymphony(BOT, keys.getPublic());
        var node = new Node(folder, ledger -> ledger, new Outside(client))) {
      run(node, pod, pem("RSA PRIVATE KEY", pkcs1()));
      pod.say("alice", "<div>one</div>");
      eventually(() -> assertThat(said(node)).containsExactly("one"));
      int logIns = pod.logIns();
      pod.expireTokens();
      pod.say("alice", "<div>two</div>");
      eventually(() -> assertThat(said(node)).containsExactlyInAnyOrder("one", "two"));
      eventually(() -> assertThat(pod.logIns()).isGreaterThan(logIns + 1));
      pod.loseFeed();
      pod.breakDown(2);
      pod.say("alice", "<div>three</div>");
      send(node, "room_1", "still there");
      eventually(() -> assertThat(said(node)).containsExactlyInAnyOrder("one", "two", "three"));
      eventually(() -> assertThat(pod.sent()).hasSize(1));
      assertThat(node.setAside()).isEmpty();
    }
  }

  @Test
  void agentThatWaitsForNewsLongerThanTheNodeForAnswersIsAskedAgain() throws Exception {
    var hurried = OutboundConfig.defaults().withTimes(Duration.ofSeconds(3), Duration.ofSeconds(1));
    try (var hasty = new OutboundClient(hurried, EgressPolicy.trusting());
        var pod = new StubSymphony(BOT, keys.getPublic());
        var node = new Node(folder, ledger -> ledger, new Outside(hasty))) {
      pod.waitForNews(Duration.ofSeconds(2));
      run(node, pod, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      pod.say("alice", "<div>one</div>");
      eventually(() -> assertThat(said(node)).containsExactly("one"));
      pod.say("alice", "<div>two</div>");
      eventually(() -> assertThat(said(node)).containsExactlyInAnyOrder("one", "two"));
    }
  }

  @Test
  void agentThatNeverAnswersIsGivenUpByItsTimeLimitToldAndTriedAgain() throws Exception {
    var hurried = OutboundConfig.defaults().withTimes(Duration.ofSeconds(3), Duration.ofSeconds(1));
    try (var hasty = new OutboundClient(hurried, EgressPolicy.trusting());
        var pod = new StubSymphony(BOT, keys.getPublic());
        var node = new Node(folder, ledger -> ledger, new Outside(hasty))) {
      pod.fallSilent(true);
      run(node, pod, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      eventually(() -> assertThat(node.automation.find("shipped").orElseThrow().tallies()).anySatisfy(tally -> {
        assertThat(tally.label()).isEqualTo("datafeed");
        assertThat(tally.errors()).isGreaterThan(1);
        assertThat(tally.lastError().orElse("")).contains("within the call's limit of 1 s");
      }));
      pod.fallSilent(false);
      pod.say("alice", "<div>one</div>");
      eventually(() -> assertThat(said(node)).containsExactly("one"));
    }
  }

  @Test
  void stopDoesNotWaitForAnAgentThatDoesNotAnswer() throws Exception {
    var patient = OutboundConfig.defaults().withTimes(Duration.ofMinutes(2), Duration.ofMinutes(2));
    try (var warnings = new Warnings(LifeCycle.class);
        var waiting = new OutboundClient(patient, EgressPolicy.trusting());
        var pod = new StubSymphony(BOT, keys.getPublic());
        var node = new Node(folder, ledger -> ledger, new Outside(waiting))) {
      pod.fallSilent(true);
      run(node, pod, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      eventually(() -> assertThat(pod.unanswered()).isPositive());
      node.automation.stop("shipped");
      assertThat(warnings.told()).isEmpty();
    }
  }

  @Test
  void newDatafeedThatCannotBeReadIsToldAndTriedAgainLater() throws Exception {
    try (var pod = new StubSymphony(BOT, keys.getPublic());
        var node = new Node(folder, ledger -> ledger, new Outside(client))) {
      pod.refuseReads(true);
      run(node, pod, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      eventually(() -> assertThat(node.automation.find("shipped").orElseThrow().tallies())
          .anySatisfy(
              tally -> assertThat(tally.lastError().orElse("")).contains("does not let its new datafeed be read")));
      pod.refuseReads(false);
      pod.say("alice", "<div>one</div>");
      eventually(() -> assertThat(said(node)).containsExactly("one"));
    }
  }

  @Test
  void conversationThatIsNoneIsSetAsideAndKeyThatIsNoneIsRefused() throws Exception {
    try (var pod = new StubSymphony(BOT, keys.getPublic());
        var node = new Node(folder, ledger -> ledger, new Outside(client))) {
      node.give(MODEL);
      assertThatThrownBy(() -> runKnown(node, pod, "no key")).isInstanceOf(FairwayException.class)
          .hasMessageContaining("privateKey must be an RSA key in PEM");
      runKnown(node, pod, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
      send(node, "../../pod/v1/admin", "out of the room");
      eventually(() -> assertThat(node.setAside()).singleElement().asString().contains("symphonyStreamId"));
      assertThat(pod.sent()).isEmpty();
    }
  }

  private static void run(Node node, StubSymphony pod, String key) {
    node.give(MODEL);
    runKnown(node, pod, key);
  }

  private static void runKnown(Node node, StubSymphony pod, String key) {
    node.runShipped("symphony_chat",
        Map.of("podUrl", pod.url(), "botUsername", BOT, "privateKey", key, "outboundTemplate",
            "Bot:Out", "inboundTemplate", "Bot:In", "formTemplate", "Bot:Form"));
  }

  private static void send(Node node, String stream, String text) {
    node.submit(node.bob, Command.create(TemplateId.parse("Bot:Out"), LedgerValue
        .struct("integrationParty", LedgerValue.party(node.bob), "symphonyStreamId", LedgerValue.text(stream))
        .with("messageText", LedgerValue.text(text))));
  }

  private static List<String> said(Node node) {
    return node.active(node.bob, "Bot:In").stream().map(c -> c.payload().text("messageText")).toList();
  }

  private static byte[] pkcs1() {
    byte[] pkcs8 = keys.getPrivate().getEncoded();
    return Arrays.copyOfRange(pkcs8, PKCS8_HEAD, pkcs8.length);
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN " + what + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der) + "\n-----END " + what
        + "-----\n";
  }
}
