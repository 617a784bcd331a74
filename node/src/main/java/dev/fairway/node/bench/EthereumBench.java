package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.channel.Envelope;
import dev.fairway.core.channel.Jurisdiction;
import dev.fairway.core.channel.Message;
import dev.fairway.core.channel.Observation;
import dev.fairway.core.channel.PostResult;
import dev.fairway.evm.DevChain;
import dev.fairway.evm.Finality;
import dev.fairway.evm.Hex;
import dev.fairway.evm.channel.ChannelNode;
import dev.fairway.evm.channel.EthereumChannel;
import dev.fairway.evm.channel.EthereumChannelConfig;
import dev.fairway.evm.log.LogFollowerConfig;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.LogQuery;
import dev.fairway.evm.rpc.RpcRequest;
import dev.fairway.evm.sign.Fees;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.UnsignedTransaction;
import dev.fairway.evm.tx.Transactions;
import dev.fairway.evm.tx.TransactionsConfig;
import dev.fairway.node.pair.ChainOfTwo;
import dev.fairway.node.pair.NodePair;
import dev.fairway.store.SqlStore;
import dev.fairway.store.StorageConfig;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What the channel costs over the chain itself. */
final class EthereumBench {
  private static final Jurisdiction AU = new Jurisdiction(NodePair.AU);
  private static final Jurisdiction SG = new Jurisdiction(NodePair.SG);
  private static final int AT_ONCE = 256;
  private static final Duration STANDSTILL = Duration.ofMinutes(2);
  /**
   * A block each second, with room for whatever was sent: anvil forgets to mine some of its pool when it mines each
   * transaction as it comes and thousands come at once.
   */
  private static final DevChain.Options BLOCKS = DevChain.Options.fleeting().blockTime(Duration.ofSeconds(1))
      .with("--gas-limit", "3000000000");
  /** What is read anew lies deeper than forks are looked for, as nearly all of a chain's past does. */
  private static final int BLOCKS_SINCE = LogFollowerConfig.DEFAULT.watch() + 44;
  /** A tenth of a block: a look at a block of a thousand transactions costs the chain's node more than the look is worth. */
  private static final Duration POLL = Duration.ofMillis(100);
  /** Nothing forks this chain. */
  private static final Finality AT_ONCE_CERTAIN = new Finality.Depth(0);

  private final Path home;
  private final int messages;
  private final PrintWriter err;

  EthereumBench(Path home, int messages, PrintWriter err) {
    this.home = home;
    this.messages = messages;
    this.err = err;
  }

  List<Figure> run() throws Exception {
    try (ChainOfTwo chain = ChainOfTwo.start(home, BLOCKS, "")) {
      round(chain, home.resolve("warm-up"), Math.max(100, messages / 5));
      return round(chain, home.resolve("measured"), messages).figures();
    }
  }

  /** The same number of messages crosses by the channel and bare, and is read anew by each; all on stores of its own. */
  private Round round(ChainOfTwo chain, Path stores, int messages) throws Exception {
    err.println(messages + " messages over the channel");
    long start = chain.height();
    long before = used(chain);
    Posted ours = post(chain, stores, messages);
    long gaps = messages - (used(chain) - before);
    err.println("the same calls by a bare client");
    double bare = bare(chain, ours.input, messages);
    err.println("reading them all anew, by the channel and bare");
    chain.mine(BLOCKS_SINCE);
    double read = read(chain, stores, start, messages);
    return new Round(gaps, ours.perSecond, bare, read, bareRead(chain, start, messages));
  }

  /** What was measured, each in messages a second but for the nonces left out. */
  private record Round(long gaps, double posted, double postedBare, double read, double readBare) {
    List<Figure> figures() {
      return List.of(
          figure("messages confirmed over Ethereum, " + gaps + " nonces left out, against bare transactions", posted,
              postedBare),
          figure("messages read anew from the chain, against bare eth_getLogs", read, readBare));
    }
  }

  private static Figure figure(String name, double measured, double baseline) {
    return Figure.atLeast(name, "%.0f messages/s".formatted(measured), "%.0f messages/s".formatted(baseline),
        measured / baseline, 0.8);
  }

  private record Posted(double perSecond, String input) {}

  private static long used(ChainOfTwo chain) {
    return Hex.toLong(chain.client()
        .call("eth_getTransactionCount", chain.signer(NodePair.AU).address().hex(), "latest").asString());
  }

  private static EthereumChannel open(ChainOfTwo chain, SqlStore store, Transactions transactions, String own,
      long block) {
    return new EthereumChannel(store, chain.client(), transactions,
        EthereumChannelConfig.of("bench", new Jurisdiction(own), chain.contract(own)).from(block)
            .reading(LogFollowerConfig.DEFAULT.withFinality(AT_ONCE_CERTAIN).withPoll(POLL)));
  }

  private static Posted post(ChainOfTwo chain, Path stores, int messages) throws Exception {
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(stores.resolve("sender")), Clock.systemUTC(),
        List.of("evm"));
        Transactions transactions = transactions(chain, store, NodePair.AU);
        EthereumChannel channel = open(chain, store, transactions, NodePair.AU, chain.height())) {
      transactions.start();
      Semaphore underWay = new Semaphore(AT_ONCE);
      long begin = System.nanoTime();
      List<Future<PostResult>> results = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < messages; i++) {
          String ref = "m" + i;
          underWay.acquire();
          results.add(threads.submit(() -> {
            try {
              return channel.post(envelope(ref));
            } finally {
              underWay.release();
            }
          }));
        }
      }
      Count count = new Count(channel, true);
      await("messages certain", count::now, messages, () -> transactions.trouble());
      return new Posted(messages / seconds(begin), input(chain, results.getFirst()));
    }
  }

  private static String input(ChainOfTwo chain, Future<PostResult> first)
      throws InterruptedException, ExecutionException {
    if (!(first.get() instanceof PostResult.Accepted(var id, var _))) {
      throw new FairwayException(ErrorCode.PEER_FAILED, "the channel did not take a message: " + first.get());
    }
    return chain.client().call("eth_getTransactionByHash", id).path("input").asString();
  }

  private static Transactions transactions(ChainOfTwo chain, SqlStore store, String own) {
    return new Transactions(store, chain.client(), chain.signer(own),
        TransactionsConfig.DEFAULT.withFinality(AT_ONCE_CERTAIN).withPoll(POLL).withInFlight(10_000));
  }

  private static Envelope envelope(String ref) {
    return new Envelope(new Message(AU, SG, "AU-COO-2026-000101", "QmQtYtUS7K1AdKjbuMsmPmPGDLaKL38M5HYwqxW9RKW49n",
        "UN.CEFACT.Trade.CertificateOfOrigin.created"), Optional.of(ref), "AU:" + ref);
  }

  /** Counts what is certain, going on where it stopped; each message once, since its block is certain when it is there. */
  private static final class Count {
    private final EthereumChannel channel;
    private final boolean sent;
    private String cursor = "";
    private int certain;

    Count(EthereumChannel channel, boolean sent) {
      this.channel = channel;
      this.sent = sent;
    }

    int now() {
      Observation page;
      do {
        page = sent ? channel.observeSent(AU, cursor, 1_000) : channel.observe(SG, cursor, 1_000);
        certain += (int) page.messages().stream().filter(message -> message.status().certain()).count();
        cursor = page.next();
      } while (page.more());
      return certain;
    }
  }

  /** Signs and sends in batches, and waits for the last receipt: what anybody would write who fears nothing. */
  private static double bare(ChainOfTwo chain, String input, int messages) throws InterruptedException {
    KeySigner signer = chain.signer(NodePair.AU);
    EthereumRpc rpc = chain.client();
    long nonce = used(chain);
    Fees fees = new Fees.Dynamic(BigInteger.valueOf(1_000_000_000), BigInteger.valueOf(20_000_000_000L));
    long begin = System.nanoTime();
    for (int sent = 0; sent < messages;) {
      List<RpcRequest> batch = new ArrayList<>();
      for (; batch.size() < 100 && sent < messages; sent++) {
        batch.add(RpcRequest.of("eth_sendRawTransaction",
            signer.sign(new UnsignedTransaction(DevChain.CHAIN_ID, nonce++, Optional.of(chain.contract(NodePair.AU)),
                BigInteger.ZERO, input, 500_000, fees)).raw()));
      }
      rpc.batch(batch).forEach(answer -> answer.orThrow("eth_sendRawTransaction"));
    }
    long last = nonce;
    await("nonces used by a bare client", () -> used(chain), last, Optional::empty);
    return messages / seconds(begin);
  }

  private static double read(ChainOfTwo chain, Path stores, long from, int messages) throws InterruptedException {
    try (SqlStore store = SqlStore.open(new StorageConfig.Embedded(stores.resolve("reader")), Clock.systemUTC(),
        List.of("evm"));
        Transactions transactions = transactions(chain, store, NodePair.SG)) {
      long begin = System.nanoTime();
      try (EthereumChannel channel = open(chain, store, transactions, NodePair.SG, from)) {
        Count count = new Count(channel, false);
        await("messages read anew", count::now, 2L * messages, channel::trouble);
        return 2 * messages / seconds(begin);
      }
    }
  }

  private static double bareRead(ChainOfTwo chain, long from, int messages) {
    LogQuery query = new LogQuery(List.of(chain.contract(NodePair.SG)),
        List.of(ChannelNode.RECEIVED, ChannelNode.RECEIVED_REFERENCE));
    long head = chain.height();
    int logs = 0;
    long begin = System.nanoTime();
    for (long block = from; block <= head; block += 1_000) {
      logs += chain.client().logs(query, block, Math.min(head, block + 999)).size();
    }
    double perSecond = logs / 2.0 / seconds(begin);
    if (logs != 4 * messages) {
      throw new FairwayException(ErrorCode.PEER_LIED, "the chain has " + logs + " logs, not " + 4 * messages);
    }
    return perSecond;
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Waits as long as it goes on; a benchmark that stands still ends with how far it came and what is known of why. */
  private static void await(String what, LongSupplier reached, long wanted, Supplier<Optional<String>> trouble)
      throws InterruptedException {
    long before = -1;
    long since = System.nanoTime();
    for (long now = reached.getAsLong(); now < wanted; now = reached.getAsLong()) {
      if (now != before) {
        before = now;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > STANDSTILL.toNanos()) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "the benchmark stands still: %s: %d of %d, for %d s; %s"
            .formatted(what, now, wanted, STANDSTILL.toSeconds(), trouble.get().orElse("nothing tells why")));
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
