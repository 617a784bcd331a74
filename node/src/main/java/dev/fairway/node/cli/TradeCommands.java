package dev.fairway.node.cli;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.Why;
import dev.fairway.datatrust.delivery.Deliveries;
import dev.fairway.datatrust.market.MarketCalls;
import dev.fairway.datatrust.market.MarketContracts;
import dev.fairway.datatrust.market.MarketReader;
import dev.fairway.datatrust.market.Names;
import dev.fairway.datatrust.market.Purchase;
import dev.fairway.datatrust.market.Wallet;
import dev.fairway.datatrust.object.Envelope;
import dev.fairway.evm.Address;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.EthereumRpc;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** What makers, voters and buyers do in a market: each command is one side of a whole conversation with chain and node. */
final class TradeCommands {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private TradeCommands() {}

  /** Somebody with an account, in a market that a node serves. */
  abstract static class Person extends DatatrustCommands.Question implements Callable<Integer> {
    @Mixin
    Account account = new Account();

    /** Does it; throws what {@link Callable#call} may. */
    abstract void act(Trader trader) throws IOException, InterruptedException;

    @Override
    public Integer call() throws InterruptedException {
      MarketContracts contracts = contracts(remote.get(door() + "/market").path("contracts"));
      account.use((wallet, rpc) -> {
        try {
          act(new Trader(wallet, contracts, MarketReader.latest(rpc, contracts), rpc));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      return 0;
    }

    private static MarketContracts contracts(JsonNode at) {
      return new MarketContracts(address(at, "ether-token"), address(at, "market-token"), address(at, "voting"),
          address(at, "parameterizer"), address(at, "reserve"), address(at, "datatrust"), address(at, "listing"));
    }

    private static Address address(JsonNode at, String name) {
      return new Address(at.path(name).asString(""));
    }

    /** Signs in to the node; calls after this are the account's. */
    void logIn(Trader trader) {
      String message = "timestamp: " + System.currentTimeMillis();
      JsonNode tokens = remote.post(door() + "/authorize/", Remote.JSON.createObjectNode().put("message", message)
          .put("signature",
              trader.wallet().signer().signMessage(message.getBytes(StandardCharsets.UTF_8)).toString())
          .put("public_key", trader.wallet().address().checksummed()));
      remote.token = tokens.path("access_token").asString();
    }
  }

  /** An account and what it sees of the market. */
  record Trader(Wallet wallet, MarketContracts at, MarketReader market, EthereumRpc rpc) {
    void stake(Hash candidate) throws InterruptedException {
      BigInteger stake = market.candidate(candidate).orElseThrow(
          () -> new FairwayException(ErrorCode.INVALID, "nothing is under vote as " + candidate)).stake();
      allow(stake);
    }

    void allow(BigInteger stake) throws InterruptedException {
      wallet.call(at.marketToken(), MarketCalls.approve(at.voting(), stake));
    }
  }

  private static Hash hash(String text) {
    return given(text, Hash::new);
  }

  private static <T> T given(String text, Function<String, T> reading) {
    try {
      return reading.apply(text);
    } catch (IllegalArgumentException e) {
      throw new FairwayException(ErrorCode.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  /** Somebody does something about one listing or candidate. */
  abstract static class About extends Person {
    @Parameters(index = "0", paramLabel = "HASH", description = "the listing or candidate")
    String hash = "";
  }

  @Command(name = "vote", mixinStandardHelpOptions = true, description = "Vote for or against a candidate; it costs a stake until the poll is over.", footer = {
      "", "Example:", "  fairway datatrust vote 0x… yea"})
  static final class Vote extends About {
    /** How to vote. */
    enum Side {
      YEA, NAY;

      @Override
      public String toString() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    @Parameters(index = "1", paramLabel = "yea|nay", description = "for it, or against it")
    Side side = Side.YEA;

    @Override
    void act(Trader trader) throws InterruptedException {
      Hash candidate = hash(hash);
      trader.stake(candidate);
      trader.wallet().call(trader.at().voting(),
          MarketCalls.vote(candidate, side == Side.YEA ? MarketCalls.YEA : MarketCalls.NAY));
      done("voted " + (side == Side.YEA ? "for " : "against ") + candidate,
          Map.of("candidate", candidate.hex(), "vote", side.toString()));
    }
  }

  @Command(name = "challenge", mixinStandardHelpOptions = true, description = "Ask for a vote on removing a listing; it costs a stake.", footer = {
      "", "Example:", "  fairway datatrust challenge 0x…"})
  static final class Challenge extends About {
    @Override
    void act(Trader trader) throws InterruptedException {
      trader.allow(trader.market().stake());
      trader.wallet().call(trader.at().listing(), MarketCalls.challenge(hash(hash)));
      done("challenged " + hash, Map.of("challenged", hash));
    }
  }

  @Command(name = "exit", mixinStandardHelpOptions = true, description = "Take one's own listing out of the market.", footer = {
      "", "Example:", "  fairway datatrust exit 0x…"})
  static final class Exit extends About {
    @Override
    void act(Trader trader) throws InterruptedException {
      trader.wallet().call(trader.at().listing(), MarketCalls.exit(hash(hash)));
      done("removed " + hash, Map.of("removed", hash));
    }
  }

  @Command(name = "claim", mixinStandardHelpOptions = true, description = "Turn what one's listing has earned into market token.", footer = {
      "", "Example:", "  fairway datatrust claim 0x…"})
  static final class Claim extends About {
    @Override
    void act(Trader trader) throws InterruptedException {
      trader.wallet().call(trader.at().listing(), MarketCalls.claimAccessReward(hash(hash)));
      done("claimed what " + hash + " has earned", Map.of("claimed", hash));
    }
  }

  @Command(name = "give", mixinStandardHelpOptions = true, description = "Give market token to another account, to stake and vote with.", footer = {
      "", "Example:", "  fairway datatrust give 0x… 1000000000"})
  static final class Give extends Person {
    @Parameters(index = "0", paramLabel = "ACCOUNT", description = "whom to give it to, 0x…")
    String to = "";
    @Parameters(index = "1", paramLabel = "AMOUNT", description = "in the token's smallest unit; 10^18 are one share")
    BigInteger amount = BigInteger.ZERO;

    @Override
    void act(Trader trader) throws InterruptedException {
      Address receiver = given(to, Address::parse);
      if (amount.signum() < 1) {
        throw new FairwayException(ErrorCode.INVALID, "AMOUNT must be at least 1, is " + amount);
      }
      trader.wallet().call(trader.at().marketToken(), MarketCalls.transfer(receiver, amount));
      done("gave " + amount + " to " + to, Map.of("to", to, "amount", amount.toString()));
    }
  }

  @Command(name = "offer", mixinStandardHelpOptions = true, description = "Apply for a listing and hand its data in.", footer = {
      "", "The node must hold office. When the application went through and the data did not, --applied hands them in.",
      "",
      "Example:", "  fairway datatrust offer tides.csv --title Tides --description \"a year, by the minute\""})
  static final class Offer extends Person {
    @Parameters(index = "0", paramLabel = "FILE", description = "the data")
    Path file = Path.of("");
    @Option(names = "--title", required = true, description = "with the account, it names the listing")
    String title = "";
    @Option(names = "--description", required = true, description = "what the data are, for who looks for such")
    String description = "";
    @Option(names = "--license", defaultValue = "MIT", description = "default: ${DEFAULT-VALUE}")
    String license = "MIT";
    @Option(names = "--type", defaultValue = "application/octet-stream", description = "MIME type (default: ${DEFAULT-VALUE})")
    String type = "application/octet-stream";
    @Option(names = "--tags", defaultValue = "", description = "with commas between")
    String tags = "";
    @Option(names = "--applied", paramLabel = "TX", defaultValue = "", description = "the transaction of an application that was made before, of the same title")
    String applied = "";

    @Override
    void act(Trader trader) throws IOException, InterruptedException {
      // An application costs a transaction and cannot be made twice, so what can fail before it does.
      String md5 = md5(file);
      logIn(trader);
      Hash listing = Names.listing(trader.wallet().address(), title);
      Hash application = applied.isEmpty() ? apply(trader, listing) : hash(applied);
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("tx_hash", application.hex());
      fields.put("listing_hash", listing.hex());
      fields.put("title", title);
      fields.put("description", description);
      fields.put("license", license);
      fields.put("file_type", type);
      fields.put("md5_sum", md5);
      fields.put("owner", trader.wallet().address().hex());
      fields.put("tags", tags);
      String boundary = "fairway-" + UUID.randomUUID();
      JsonNode taken = remote.expect(remote.send("POST", door() + "/listings/",
          BodyPublishers.ofInputStream(() -> MultipartForm.of(boundary, fields, file)),
          Map.of("Content-Type", "multipart/form-data; boundary=" + boundary)));
      underWay("handed in " + Files.size(file) + " bytes; waiting until the chain has their hash");
      DatatrustCommands.await(remote, door(), taken.path("task_id").asString());
      underWay("the data hash is on the chain; the vote decides");
      done(listing.toString(), Map.of("listing", listing.hex(), "bytes", Files.size(file)));
    }

    private Hash apply(Trader trader, Hash listing) throws InterruptedException {
      if (!remote.get(door() + "/status/").path("registered").asBoolean(false)) {
        throw new FairwayException(ErrorCode.INVALID,
            "the node does not hold the market's office, so it takes no data; "
                + "\"fairway datatrust register\" has it stand for it");
      }
      if (trader.market().candidate(listing).isPresent()) {
        throw new FairwayException(ErrorCode.INVALID, listing + " is under vote already; when its data did not arrive, "
            + "hand them in with --applied and the transaction of the application");
      }
      Hash transaction = trader.wallet().call(trader.at().listing(), MarketCalls.list(listing)).transaction();
      underWay("applied for " + listing + " in transaction " + transaction);
      return transaction;
    }
  }

  @Command(name = "buy", mixinStandardHelpOptions = true, description = "Buy a listing's data and fetch them.", footer = {
      "", "Run again, it fetches what was bought and buys nothing.", "", "Example:",
      "  fairway datatrust buy 0x… --out tides.csv"})
  static final class Buy extends About {
    @Option(names = "--out", required = true, paramLabel = "FILE", description = "where to put the data")
    Path target = Path.of("");
    @Option(names = "--encrypted", description = "have the node encrypt the data to a key made for this download")
    boolean encrypted;

    @Override
    void act(Trader trader) throws IOException, InterruptedException {
      Hash listing = hash(hash);
      Hash delivery = Names.delivery(trader.wallet().address(), listing);
      logIn(trader);
      Optional<Integer> had = fetch(delivery, listing);
      if (had.filter(status -> status == 200).isPresent()) {
        fetched("had been bought before; fetched again to ");
        return;
      }
      if (trader.market().purchase(delivery).map(Purchase::owner).filter(trader.wallet().address()::equals).isEmpty()) {
        pay(trader, delivery, remote.get(door() + "/listings/" + listing).path("size").asLong());
      }
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      // The node gives data only for a purchase that is certain.
      while (fetch(delivery, listing).filter(status -> status == 200).isEmpty()) {
        if (System.nanoTime() > deadline) {
          throw new FairwayException(ErrorCode.PEER_FAILED,
              "the node does not deliver within " + PATIENCE + "; run this again, nothing is paid twice");
        }
        Thread.sleep(500);
      }
      fetched("fetched to ");
    }

    private void fetched(String how) {
      done(how + target, Map.of("listing", hash, "file", target.toString()));
    }

    private void pay(Trader trader, Hash delivery, long bytes) throws InterruptedException {
      BigInteger price = trader.market().costPerByte().multiply(BigInteger.valueOf(bytes));
      trader.wallet().pay(trader.at().etherToken(), MarketCalls.deposit(), price);
      trader.wallet().call(trader.at().etherToken(), MarketCalls.approve(trader.at().datatrust(), price));
      trader.wallet().call(trader.at().datatrust(), MarketCalls.requestDelivery(delivery, bytes));
      underWay("bought " + bytes + " bytes for " + price + " wei");
    }

    /** The answer's status; the data are in place when it is 200. */
    private Optional<Integer> fetch(Hash delivery, Hash listing) throws IOException {
      Path part = Path.of(target + ".part");
      Envelope.Opener opener = new Envelope.Opener();
      HttpRequest.Builder request = remote.request("GET",
          door() + "/deliveries/?delivery_hash=" + delivery + "&query=" + listing
              + (encrypted ? "&recipient=" + opener.recipient().text() : ""),
          BodyPublishers.noBody(), Map.of());
      HttpResponse<Path> answer = remote.exchange(request, HttpResponse.BodyHandlers.ofFile(part));
      if (answer.statusCode() != 200) {
        Files.deleteIfExists(part);
        return Optional.of(answer.statusCode());
      }
      if (encrypted) {
        open(opener, Deliveries.purpose(delivery, listing), part);
        return Optional.of(200);
      }
      String etag = answer.headers().firstValue("ETag").orElse("");
      if (!etag.equals("\"" + digest("SHA-256", part) + "\"")) {
        Files.deleteIfExists(part);
        throw new FairwayException(ErrorCode.PEER_LIED, "the data are not those the node announced");
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      return Optional.of(200);
    }

    /* What is not what was sealed never gets the name that was asked for. */
    private void open(Envelope.Opener opener, byte[] purpose, Path part) throws IOException {
      Path plain = Path.of(target + ".opened");
      try (InputStream sealed = new BufferedInputStream(Files.newInputStream(part));
          OutputStream out = Files.newOutputStream(plain)) {
        opener.open(sealed, purpose, out);
      } catch (IOException e) {
        Files.deleteIfExists(plain);
        throw e;
      } finally {
        Files.deleteIfExists(part);
      }
      Files.move(plain, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String md5(Path file) {
    try {
      return digest("MD5", file);
    } catch (IOException e) {
      throw new FairwayException(ErrorCode.INVALID, "cannot read " + file + ": " + Why.inWords(e), e);
    }
  }

  private static String digest(String algorithm, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      byte[] buffer = new byte[64 << 10];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
