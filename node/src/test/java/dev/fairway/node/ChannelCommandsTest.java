package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fairway.core.Secret;
import dev.fairway.evm.DevChain;
import dev.fairway.exchange.simplex.SigningKey;
import dev.fairway.node.config.Settings;
import dev.fairway.node.pair.ChainOfTwo;
import dev.fairway.node.pair.NodePair;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

class ChannelCommandsTest {
  @TempDir
  Path home;

  /** What a command printed, and how it ended. */
  private record Ended(int code, String out, String err) {}

  private static Ended run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return new Ended(line.execute(arguments), out.toString(), err.toString());
  }

  private Node node(String own, Secret signingKey, String channels) {
    Settings settings = Settings.of("test", """
        jurisdiction: %s
        listen: 127.0.0.1:0
        profile: dev
        dir: node-%s
        exchange:
          signing-key: "%s"
          channels:
        """.formatted(own, own, signingKey.reveal()) + channels.indent(4), home, name -> null);
    NodeConfig config = NodeConfig.from(settings.root());
    settings.check();
    return Node.start(config);
  }

  private static String direct(String peer, String url, Secret key) {
    return """
        direct:
          type: simplex
          participants: [AU, SG]
          peers:
            %s: { url: "%s/channels/direct/", keys: ["%s"] }
        """.formatted(peer, url, SigningKey.of(key).publicText());
  }

  @Test
  void everyKindOfEndpointWeServePassesTheCheck() throws Exception {
    Secret au = SigningKey.make();
    Secret sg = SigningKey.make();
    try (ChainOfTwo chain = ChainOfTwo.start(home, DevChain.Options.fleeting(), "");
        Node singapore = node("SG", sg, direct("AU", "http://127.0.0.1:1", au));
        Node node = node("AU", au, """
            shared:
              type: shared-database
              participants: [AU, SG]
            """ + direct("SG", singapore.url().toString(), sg) + chain.channels(NodePair.AU))) {
      for (String channel : List.of("shared", "direct", "chain")) {
        Ended check = run("channel", "check", node.url() + "/channels/" + channel, "--from", "AU", "--to", "SG");
        assertThat(check.out).as(channel).contains("A node can rely on this endpoint").doesNotContain("FAIL");
        assertThat(check.code).isZero();
      }
    }
  }

  @Test
  void endpointThatTakesEverythingAndKeepsNothingFailsTheCheckWithReasons() throws Exception {
    HttpServer wrong = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    wrong.createContext("/", exchange -> {
      byte[] answer = "{\"id\":5,\"status\":\"done\"}".getBytes(StandardCharsets.UTF_8);
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    wrong.start();
    String url = "http://127.0.0.1:" + wrong.getAddress().getPort() + "/";
    try {
      Ended table = run("channel", "check", url, "--from", "AU", "--to", "SG");
      assertThat(table.code).isEqualTo(1);
      assertThat(table.out.lines()).anyMatch(line -> line.startsWith("FAIL") && line.contains("an unknown id is 404")
          && line.contains("200 {\"id\":5")).anyMatch(
              line -> line.startsWith("FAIL") && line.contains("a message in another's name is refused with 4xx"))
          .anyMatch(line -> line.startsWith("A node cannot rely on this endpoint"));
      Ended json = run("channel", "check", url, "--from", "AU", "--to", "SG", "--json");
      assertThat(json.code).isEqualTo(1);
      assertThat(JsonMapper.shared().readTree(json.out).valueStream().map(row -> row.path("verdict").asString()))
          .contains("FAIL", "pass");
    } finally {
      wrong.stop(0);
    }
  }

  @Test
  void endpointThatIsNotThereAndAnAddressThatIsNoneAreToldApart() {
    assertThat(run("channel", "check", "http://127.0.0.1:1/", "--from", "AU", "--to", "SG").code).isEqualTo(1);
    Ended wrong = run("channel", "check", "nowhere", "--from", "AU", "--to", "SG");
    assertThat(wrong.code).isEqualTo(2);
    assertThat(wrong.err).contains("is not an endpoint's URL");
    assertThat(run("channel", "check", "http://127.0.0.1:1/", "--from", "Australia", "--to", "SG").code).isEqualTo(2);
  }

  @Test
  void keyForPartnersStaysTheSame() {
    Ended first = run("channel", "key", "--dir", home.toString(), "--profile", "dev");
    assertThat(first.out).matches("[A-Za-z0-9+/]{43}=\\R");
    assertThat(run("channel", "key", "--dir", home.toString(), "--profile", "dev").out).isEqualTo(first.out);
  }

  @Test
  void twoOperatorsSetAChannelUpFromTheCommandLine() throws Exception {
    try (DevChain chain = DevChain.start(DevChain.Options.fleeting())) {
      Path au = config("AU", chain, 0, "");
      Path sg = config("SG", chain, 1, "");
      Ended auContract = administer(au, "deploy", "chain");
      Ended sgContract = administer(sg, "deploy", "chain");
      assertThat(administer(au, "deploy", "chain").out).isEqualTo(auContract.out);
      au = config("AU", chain, 0, auContract.out);
      sg = config("SG", chain, 1, sgContract.out);
      assertThat(run("doctor", "--config", au.toString()).out).contains("SG is not registered");
      assertThat(administer(au, "participant", "add", "chain", "SG", account(sgContract)).code).isZero();
      assertThat(administer(sg, "participant", "add", "chain", "AU", account(auContract)).code).isZero();
      assertThat(administer(au, "pair", "chain", "SG", contract(sgContract)).code).isZero();
      assertThat(run("doctor", "--config", au.toString()).out).contains("SG has not named its contract here");
      assertThat(administer(sg, "pair", "chain", "AU", contract(auContract)).code).isZero();
      assertThat(run("doctor", "--config", au.toString()).out).contains("all participants have named theirs");
      assertThat(run("channel", "participant", "list", "chain", "--config", au.toString()).out)
          .contains("SG  account " + account(sgContract) + "  contract " + contract(sgContract));
      assertThat(administer(au, "participant", "remove", "chain", "SG").code).isZero();
      assertThat(administer(au, "participant", "add", "chain", "SG", account(sgContract)).code).isZero();
      assertThat(run("doctor", "--config", au.toString()).out).contains("SG has not named its contract here");
      Ended stranger = administer(au, "pair", "chain", "SG", contract(auContract));
      assertThat(stranger.code).isNotZero();
      assertThat(stranger.err).contains("only the participant may set its contract");
    }
  }

  private Path config(String own, DevChain chain, int key, String contract) throws Exception {
    Path folder = Files.createDirectories(home.resolve(own));
    return Files.writeString(folder.resolve("fairway.yaml"), """
        jurisdiction: %s
        listen: 127.0.0.1:0
        profile: dev
        dir: .
        exchange:
          channels:
            chain:
              type: ethereum
              urls: [%s]
              chain-id: %d
              poll: 20ms
              key: "%s"
              participants: [AU, SG]
        """.formatted(own, chain.url(), DevChain.CHAIN_ID, chain.keys().get(key).reveal()) + contract.indent(6));
  }

  /** The chain mines each transaction at once and nothing after it, so its block is taken for certain. */
  private static Ended administer(Path config, String... act) {
    String[] whole = new String[act.length + 5];
    whole[0] = "channel";
    System.arraycopy(act, 0, whole, 1, act.length);
    System.arraycopy(new String[]{"--config", config.toString(), "--confirmations", "0"}, 0, whole, act.length + 1, 4);
    return run(whole);
  }

  private static String contract(Ended deployed) {
    return first(deployed.out, "contract: \"(0x[0-9a-fA-F]{40})\"");
  }

  private static String account(Ended deployed) {
    return first(deployed.err, "account (0x[0-9a-fA-F]{40})");
  }

  private static String first(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(text).isTrue();
    return matcher.group(1);
  }
}
