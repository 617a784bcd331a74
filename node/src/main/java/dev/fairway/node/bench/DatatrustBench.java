package dev.fairway.node.bench;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.datatrust.delivery.Entitlement;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Keccak;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What sealing, booking and the index of a market cost over the bare work. */
final class DatatrustBench {
  private static final int WARM_UP = 64;
  private static final int CHECKS = 5_000;

  private final Path home;
  private final int mebibytes;
  private final int events;
  private final PrintWriter err;

  DatatrustBench(Path home, int mebibytes, int events, PrintWriter err) {
    this.home = home;
    this.mebibytes = mebibytes;
    this.events = events;
    this.err = err;
  }

  List<Figure> run() throws Exception {
    List<Figure> figures = new ArrayList<>();
    try (BenchMarket market = BenchMarket.start(home)) {
      transfers(market, figures);
      err.println(CHECKS + " entitlement checks");
      figures.add(check(market));
    }
    err.println("an index of " + events + " events");
    figures.add(new IndexBench(home, events).run());
    return figures;
  }

  private void transfers(BenchMarket market, List<Figure> figures) throws IOException, InterruptedException {
    Path source = LargeFile.fill(home.resolve("data.bin"), mebibytes);
    double copy = LargeFile.copySynced(source, home.resolve("copy.bin"));
    Path small = LargeFile.fill(home.resolve("warm-up.bin"), WARM_UP);
    Hash warm = Keccak.hash("warm-up");
    market.post(market.apply(warm), small, BenchMarket.md5(small));
    market.list(warm);
    market.download(market.buy(warm, Files.size(small)), warm, Files.size(small));
    DocumentBench.download(market.node(), DocumentBench.upload(market.node(), small), Files.size(small));

    err.println(mebibytes + " MiB in and out");
    long bytes = Files.size(source);
    Hash listing = Keccak.hash("data");
    BenchMarket.Application application = market.apply(listing);
    String md5 = BenchMarket.md5(source);
    try (LargeFile.Memory memory = new LargeFile.Memory(market.pid())) {
      long start = System.nanoTime();
      market.post(application, source, md5);
      double in = LargeFile.rate(bytes, start);
      figures.add(Figure.atLeast("upload of " + mebibytes + " MiB, three hashes and encryption",
          "%.0f MiB/s".formatted(in), "%.0f MiB/s copy with fsync".formatted(copy), in / copy, 0.4));
      market.list(listing);
      Hash delivery = market.buy(listing, bytes);
      start = System.nanoTime();
      market.download(delivery, listing, bytes);
      double out = LargeFile.rate(bytes, start);
      String document = DocumentBench.upload(market.node(), source);
      start = System.nanoTime();
      DocumentBench.download(market.node(), document, bytes);
      double plain = LargeFile.rate(bytes, start);
      figures.add(Figure.atLeast("delivery of " + mebibytes + " MiB, booked and decrypted",
          "%.0f MiB/s".formatted(out), "%.0f MiB/s plain file by the same server".formatted(plain), out / plain, 0.5));
      figures.add(memory.figure("went in and out"));
    }
    Files.delete(source);
  }

  /** The question of each repeated or resumed download: may this buyer have these bytes, and can they be read? */
  private static Figure check(BenchMarket market) throws Exception {
    BenchMarket.Bought bought = market.bought();
    long[] nanos = new long[CHECKS];
    try (BenchMarket.Kept kept = market.stop()) {
      for (int i = -CHECKS / 2; i < CHECKS; i++) {
        long start = System.nanoTime();
        Entitlement answer = kept.datatrust().deliveries().open(bought.buyer(), bought.delivery(), bought.listing(),
            bought.delivery().hex(), false);
        long took = System.nanoTime() - start;
        if (!(answer instanceof Entitlement.Granted(var _, var bytes))) {
          throw new FairwayException(ErrorCode.PEER_FAILED, "what was bought may not be had: " + answer);
        }
        bytes.close();
        if (i >= 0) {
          nanos[i] = took;
        }
      }
    }
    Arrays.sort(nanos);
    double middle = nanos[CHECKS / 2] / 1e6;
    double p99 = nanos[CHECKS * 99 / 100] / 1e6;
    return Figure.atMost("entitlement check, 99th percentile, against 1 ms",
        "%.3f ms, %.3f ms in the middle".formatted(p99, middle), "1 ms", p99, 1);
  }
}
