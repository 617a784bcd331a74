package dev.fairway.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.MarketParameters;
import dev.fairway.datatrust.market.Names;
import dev.fairway.datatrust.market.Wallet;
import dev.fairway.evm.Address;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.RpcConfig;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.node.config.Settings;
import dev.fairway.web.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Two markets in one node, played by the commands: the default one under the old paths, another under its name. */
class MarketCommandsTest {
  private static final String STAKE = MarketParameters.DEMO.stake().toString();
  @TempDir
  private static Path folder;
  private static DevChain chain;
  private static EthereumRpc rpc;
  private static Node node;

  @BeforeAll
  static void start() throws Exception {
    chain = DevChain.start(DevChain.Options.fleeting());
    rpc = new EthereumRpc(RpcConfig.of(chain.url()));
    String first = market("default");
    String second = market("other");
    String yaml = """
        profile: dev
        listen: 127.0.0.1:0
        dir: %s
        datatrust:
        %s  markets:
            tides:
        %s""".formatted(folder.resolve("data"), first, second.indent(4));
    // The environment of an older service, as its settings name it.
    Map<String, String> before = Map.of("RPC_PATH", chain.url().toString(), "DATATRUST_KEY",
        chain.keys().get(3).reveal(), "JWT_SECRET_KEY", "super-secret, and long enough for anyone", "EXPIRES_IN_DAYS",
        "1");
    Settings settings = Settings.of("fairway.yaml", yaml, folder, before::get);
    NodeConfig config = NodeConfig.from(settings.root());
    settings.check();
    node = Node.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    rpc.close();
    chain.close();
  }

  /** Makes a market; the lines that belong under it. */
  private static String market(String name) throws Exception {
    Ran deployed = Ran.fairway("datatrust", "market", "deploy", "--chain", chain.url().toString(), "--key", key(0));
    assertThat(deployed.code()).as(deployed.err()).isZero();
    return deployed.out().lines().skip(1).reduce("", (text, line) -> text + line + "\n") + """
          chain: { url: "${RPC_PATH}", chain-id: %d, confirmations: 0, poll: 50ms }
          dns-name: %s.example.org
          access-life: ${EXPIRES_IN_DAYS:-1}d
          operator-key: "${DATATRUST_KEY}"
          jwt-secret: "${JWT_SECRET_KEY}"
        """.formatted(DevChain.CHAIN_ID, name);
  }

  private static String key(int account) throws Exception {
    return Files.writeString(folder.resolve("key" + account), chain.keys().get(account).reveal()).toString();
  }

  private static Ran asked(String market, String... arguments) {
    List<String> all = new ArrayList<>(List.of("datatrust"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--node", node.url().toString()));
    if (!market.isEmpty()) {
      all.addAll(List.of("--market", market));
    }
    return Ran.fairway(all.toArray(String[]::new));
  }

  private static String told(String market, String... arguments) {
    Ran ran = asked(market, arguments);
    assertThat(ran.code()).as(String.join(" ", arguments) + ": " + ran.err() + ran.out()).isZero();
    return ran.out();
  }

  private static String[] with(int account, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--chain", chain.url().toString(), "--key", key(account)));
    return all.toArray(String[]::new);
  }

  private static String person(String market, int account, String... arguments) throws Exception {
    return told(market, with(account, arguments));
  }

  /** The application is on the chain, and who made it died before the data went out. */
  private static void anOfferThatBrokeOffGoesOn(Path data) throws Exception {
    Wallet maker = new Wallet(rpc, KeySigner.of(chain.keys().get(1)), Duration.ofMinutes(1));
    Hash listing = Names.listing(maker.address(), "Ebb");
    String at = new JsonMapper().readTree(told("tides", "market", "show", "--json")).at("/contracts/listing")
        .asString();
    Hash applied = maker.call(Address.parse(at), MarketCalls.list(listing)).transaction();
    assertThat(person("tides", 1, "offer", data.toString(), "--title", "Ebb", "--description", "of a harbour",
        "--applied", applied.hex())).contains("handed in", listing.hex()).doesNotContain("applied for");
  }

  private static Ran offer(String market, Path data) throws Exception {
    return asked(market, with(1, "offer", data.toString(), "--title", "Tides", "--description", "of a harbour"));
  }

  private static void decide(String market, String candidate) throws Exception {
    person(market, 0, "vote", candidate, "yea");
    rpc.call("evm_increaseTime", MarketParameters.DEMO.voteBy().plusSeconds(2).toSeconds());
    rpc.call("anvil_mine", "0x1");
    assertThat(told(market, "resolve", candidate))
        .contains("Candidate " + candidate + " has been marked for resolution");
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }

  @Test
  void eachMarketHasItsOwnOfficeDataAndPaths() throws Exception {
    Path anything = Files.writeString(folder.resolve("anything"), "x");
    assertThat(offer("", anything).err()).contains("does not hold the market's office").contains("register");
    for (String market : List.of("", "tides")) {
      Ran poor = asked(market, "register");
      assertThat(poor.code()).isEqualTo(2);
      assertThat(poor.err()).contains("Insufficient CMT available to pay the stake for this operation.");
      String account = told(market, "market", "show").lines().filter(line -> line.startsWith("account "))
          .map(line -> line.substring(8).strip()).findFirst().orElseThrow();
      person(market, 0, "give", account, STAKE);
      String said = told(market, "register");
      assertThat(said).contains("Checking for the ability to stake...", "Registering...",
          "This API is an active candidate for datatrust");
      decide(market, said.strip().lines().reduce("", (before, line) -> line));
      await(() -> told(market, "market", "show").matches("(?s).*registered\\s+true.*"));
      Ran again = asked(market, "register");
      assertThat(again.code()).isEqualTo(2);
      assertThat(again.err()).contains("This API is currently the registered datatrust");
    }

    Path data = Files.writeString(folder.resolve("tides.csv"), "high,low\n3.1,0.4\n");
    Ran early = offer("tides", folder.resolve("none.csv"));
    assertThat(early.code()).isEqualTo(2);
    assertThat(early.err()).contains("none.csv: there is no such file or folder");
    assertThat(early.out()).as("nothing is applied for that cannot be handed in").isEmpty();
    String listing = person("tides", 1, "offer", data.toString(), "--title", "Tides", "--description", "of a harbour")
        .strip().lines().reduce("", (before, line) -> line);
    Ran twice = offer("tides", data);
    assertThat(twice.code()).isEqualTo(2);
    assertThat(twice.err()).contains(listing + " is under vote already").contains("--applied");
    anOfferThatBrokeOffGoesOn(data);
    decide("tides", listing);
    await(() -> told("tides", "listing", "list").contains(" listed "));
    assertThat(told("", "listing", "list")).as("the other market knows nothing of it").doesNotContain(listing);
    Path bought = folder.resolve("bought.csv");
    person("tides", 2, "buy", listing, "--out", bought.toString());
    assertThat(bought).hasSameBinaryContentAs(data);
    Path sealed = folder.resolve("sealed.csv");
    person("tides", 2, "buy", listing, "--out", sealed.toString(), "--encrypted");
    assertThat(sealed).hasSameBinaryContentAs(data);
    assertThat(folder).as("nothing half done is left").isDirectoryNotContaining("glob:**.{part,opened}");
    await(() -> told("tides", "deliveries").contains("counted"));
    assertThat(told("tides", "listing", "scrub", listing)).contains("true");
    assertThat(told("tides", "revoke", "0x" + "1".repeat(40))).contains("are taken back");
    assertThat(Json.parse(person("tides", 0, "give", "0x" + "1".repeat(40), "1", "--json")).path("amount").asString())
        .isEqualTo("1");
    Ran nobody = asked("tides", with(0, "give", "ann", "1"));
    assertThat(nobody.code()).isEqualTo(2);
    assertThat(nobody.err()).contains("an address must be 0x and 40 hex digits, is \"ann\"");
    Ran nothing = asked("tides", with(0, "give", "0x" + "1".repeat(40), "0"));
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("AMOUNT must be at least 1, is 0");
    assertThat(folder.resolve("data/datatrust-markets/tides")).isDirectoryRecursivelyContaining(
        file -> file.toFile().isFile());

    Path rows = Files.writeString(folder.resolve("rows.json"),
        """
            {"Items": [
              {"listing_hash": {"S": "%s"}, "title": {"S": "Tides"}, "tags": {"L": [{"S": "a"}, {"S": "b"}]}, "size": {"N": "18"}},
              {"listing_hash": {"S": "0x%s"}, "title": {"S": "lost"}}]}
            """
            .formatted(listing, "1".repeat(64)));
    Path objects = Files.createDirectories(folder.resolve("objects"));
    Files.copy(data, objects.resolve(listing));
    Ran adopted = asked("tides", "adopt", "--rows", rows.toString(), "--objects", objects.toString());
    assertThat(adopted.out()).contains("there before").contains("refused: there is no file");
    assertThat(adopted.code()).as("not all could be taken over").isEqualTo(1);
  }
}
