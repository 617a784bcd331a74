package dev.fairway.evm.log;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.core.store.Store;
import dev.fairway.evm.Hash;
import dev.fairway.evm.Hex;
import dev.fairway.evm.Watch;
import dev.fairway.evm.rpc.Block;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.LogEntry;
import dev.fairway.evm.rpc.LogQuery;
import dev.fairway.evm.rpc.RpcAnswer;
import dev.fairway.evm.rpc.RpcRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a chain's logs from a block on, for ever, and tells a handler of each in the transaction that moves its place: none
 * is missed and none is told twice, through restarts, forks and failing providers.
 *
 * <p>A log near the head is first {@link LogEvent.Observed}, then {@link LogEvent.Confirmed}, and
 * {@link LogEvent.Retracted} when its block falls off the chain, also some time after it was confirmed. Forks are found by
 * comparing block hashes, never by being told. Far from the head it reads in ranges that grow while the provider bears them
 * and are halved when it does not, down to single receipts; logs there are confirmed at once.
 *
 * <p>One process at a time follows under a name. A fork deeper than the configured watch stops it with a clear text, for
 * what was told as final can then no longer be taken back by itself. Safe for many threads.
 */
public final class LogFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);
  private static final int NEAR_BLOCKS = 400;
  private static final int RANGES_A_TURN = 16;
  /** A fork may tear a reading once or twice; more than that is the provider. */
  private static final int MOST_TORN = 5;

  private final Store store;
  private final EthereumRpc rpc;
  private final String name;
  private final LogQuery query;
  private final long start;
  private final LogHandler handler;
  private final LogFollowerConfig config;
  private final FollowerTable table;
  private final Watch watch;
  private final LogRanges ranges;
  private LogRanges.@Nullable Range next;
  private int torn;

  /**
   * @param name stable and unique in the node; a name once used for other contracts or events is refused
   * @param start the first block to read, usually the one its contract was made in
   */
  public LogFollower(Store store, EthereumRpc rpc, String name, LogQuery query, long start, LogHandler handler,
      LogFollowerConfig config) {
    this.store = store;
    this.rpc = rpc;
    this.name = name;
    this.query = query;
    this.start = start;
    this.handler = handler;
    this.config = config;
    this.ranges = new LogRanges(name, rpc, query, config.mostBlocks());
    this.table = new FollowerTable(name);
    this.watch = new Watch(store, "follower-" + name, config.poll(), this::turn, () -> next = null);
  }

  /** Begins to read, on a thread of its own. */
  public void start() {
    watch.start();
  }

  /** Takes one turn now; how much it did. What a test calls in place of {@link #start}. */
  public int runOnce() throws Exception {
    return watch.runOnce();
  }

  /** Says that there may be something new. */
  public void nudge() {
    watch.nudge();
  }

  /** What keeps it from reading, in words for an operator. */
  public Optional<String> trouble() {
    return watch.trouble();
  }

  /** The last block it is done with; below the start when it is done with none. */
  public long position() {
    return store.read(table::place).map(FollowerTable.Place::number).orElse(start - 1);
  }

  @Override
  public void close() {
    watch.close();
  }

  private int turn() {
    Optional<FollowerTable.Place> known = store.read(table::place);
    FollowerTable.Place place = known.isPresent() ? known.get() : begin();
    requireSame(place);
    List<RpcRequest> calls = new ArrayList<>(List.of(RpcRequest.of("eth_getBlockByNumber", "latest", false)));
    if (place.hash().isPresent()) {
      calls.add(RpcRequest.of("eth_getBlockByNumber", Hex.of(place.number()), false));
    }
    List<Optional<Block>> seen = blocks(rpc.batch(calls));
    Block head = seen.getFirst()
        .orElseThrow(() -> new FairwayException(ErrorCode.PEER_LIED, "the node knows no latest block"));
    if (place.hash().isPresent() && !seen.get(1).map(Block::hash).equals(place.hash())) {
      return head.number() < place.number() && onlyBehind(head) ? 0 : goBack(place, head);
    }
    long certain = config.finality().certain(rpc, head);
    int done = confirm(Math.min(certain, place.number()));
    long deepEnd = Math.min(certain, head.number()) - config.watch();
    boolean leftOver = !store.read(view -> table.kept(view, " AND block_number > ?", 1, place.number())).isEmpty();
    if (place.number() < deepEnd && !leftOver) {
      return done + readDeep(place, deepEnd);
    }
    return place.number() < head.number() ? done + readNear(place, head, certain, deepEnd) : done;
  }

  private FollowerTable.Place begin() {
    Optional<Hash> before = start == 0 ? Optional.empty() : rpc.block(start - 1).map(Block::hash);
    var place = new FollowerTable.Place(rpc.chainId(), describe(query), start, start - 1, before, -1, -1, false);
    watch.write(tx -> {
      table.create(tx, place);
      if (before.isPresent()) {
        table.addBlocks(tx, Map.of(start - 1, before.get()));
      }
      return true;
    });
    return place;
  }

  private void requireSame(FollowerTable.Place place) {
    if (place.chain() != rpc.chainId() || !place.query().equals(describe(query))) {
      throw new FairwayException(ErrorCode.CONFIGURATION, "the follower " + name + " has read " + place.query()
          + " on chain " + place.chain() + " and is now to read " + describe(query) + " on chain " + rpc.chainId()
          + ": give the new one another name");
    }
  }

  private static String describe(LogQuery query) {
    return "contracts " + query.addresses().stream().map(address -> address.hex()).sorted().toList() + " events "
        + query.events().stream().map(Hash::hex).sorted().toList();
  }

  private static List<Optional<Block>> blocks(List<RpcAnswer> answers) {
    return answers.stream().map(answer -> EthereumRpc.readBlock(answer.orThrow("eth_getBlockByNumber"))).toList();
  }

  /** A provider that lags shows a chain we know; a fork shows another. */
  private boolean onlyBehind(Block head) {
    Map<Long, Hash> below = store.read(view -> table.blocks(view, head.number(), 1));
    if (below.isEmpty()) {
      return false;
    }
    Map.Entry<Long, Hash> highest = below.entrySet().iterator().next();
    return rpc.block(highest.getKey()).map(Block::hash).equals(Optional.of(highest.getValue()));
  }

  /** Returns to the newest block that is still on the chain and takes back what came after it. */
  private int goBack(FollowerTable.Place place, Block head) {
    next = null;
    Optional<Map.Entry<Long, Hash>> common = common(place.number());
    if (common.isEmpty() && place.pruned()) {
      throw new FairwayException(ErrorCode.PEER_LIED,
          "a fork on chain %d goes deeper than the %d blocks the follower %s watches: none of the blocks it knows is on the chain of head %d (%s) any more; check whether the provider serves the right chain"
              .formatted(place.chain(), config.watch(), name, head.number(), head.hash()));
    }
    long back = common.map(Map.Entry::getKey).orElse(place.start() - 1);
    List<FollowerTable.Kept> above = store.read(view -> table.kept(view, " AND block_number > ?", 1_000_000, back));
    Map<Long, Hash> now = hashes(above.stream().map(kept -> kept.log().blockNumber()).distinct().toList());
    List<FollowerTable.Kept> gone = above.stream()
        .filter(
            kept -> !Optional.ofNullable(now.get(kept.log().blockNumber())).equals(Optional.of(kept.log().blockHash())))
        .toList();
    LOG.warn("fork follower={} back from={} to={} taken={}", name, place.number(), back, gone.size());
    watch.write(tx -> {
      retract(tx, gone);
      table.forgetBlocksAbove(tx, back);
      table.move(tx, back, common.map(Map.Entry::getValue));
      return true;
    });
    return 1;
  }

  private void retract(dev.fairway.core.store.Transaction tx, List<FollowerTable.Kept> gone)
      throws java.sql.SQLException {
    if (!gone.isEmpty()) {
      table.forget(tx, gone.stream().map(FollowerTable.Kept::log).toList());
      handler.apply(tx,
          gone.stream().<LogEvent>map(kept -> new LogEvent.Retracted(kept.log(), kept.confirmed())).toList());
    }
  }

  private Optional<Map.Entry<Long, Hash>> common(long from) {
    long below = from;
    while (true) {
      long atMost = below;
      Map<Long, Hash> known = store.read(view -> table.blocks(view, atMost, 64));
      if (known.isEmpty()) {
        return Optional.empty();
      }
      Map<Long, Hash> now = hashes(List.copyOf(known.keySet()));
      for (Map.Entry<Long, Hash> block : known.entrySet()) {
        if (block.getValue().equals(now.get(block.getKey()))) {
          return Optional.of(Map.entry(block.getKey(), block.getValue()));
        }
        below = block.getKey() - 1;
      }
    }
  }

  private Map<Long, Hash> hashes(List<Long> numbers) {
    List<Optional<Block>> found = blocks(rpc.batch(
        numbers.stream().map(number -> RpcRequest.of("eth_getBlockByNumber", Hex.of(number), false)).toList()));
    Map<Long, Hash> hashes = new LinkedHashMap<>();
    found.forEach(block -> block.ifPresent(there -> hashes.put(there.number(), there.hash())));
    return hashes;
  }

  /** Tells what has become certain since it was observed. The caller has just found the place on the chain. */
  private int confirm(long certain) {
    int told = 0;
    while (true) {
      List<FollowerTable.Kept> ripe = store.read(
          view -> table.kept(view, " AND confirmed = 0 AND block_number <= ?", config.chunk(), certain));
      if (ripe.isEmpty()) {
        return told;
      }
      List<LogEntry> logs = ripe.stream().map(FollowerTable.Kept::log).toList();
      watch.write(tx -> {
        table.confirm(tx, logs);
        handler.apply(tx, logs.stream().<LogEvent>map(LogEvent.Confirmed::new).toList());
        return true;
      });
      told += logs.size();
    }
  }

  /** Blocks no fork reaches: in ranges, the next of which is fetched while one is written. */
  private int readDeep(FollowerTable.Place from, long deepEnd) {
    FollowerTable.Place place = from;
    for (int i = 0; i < RANGES_A_TURN && place.number() < deepEnd; i++) {
      LogRanges.Range current = next != null && next.continues(place.number() + 1, deepEnd)
          ? next
          : ranges.ahead(place.number() + 1, deepEnd);
      next = null;
      Optional<LogRanges.Fetched> fetched = current.join();
      if (fetched.isEmpty()) {
        ranges.refused(current);
        continue;
      }
      ranges.borne(current);
      if (current.to() < deepEnd) {
        next = ranges.ahead(current.to() + 1, deepEnd);
      }
      place = writeDeep(place, fetched.get());
    }
    return 1;
  }

  private FollowerTable.Place writeDeep(FollowerTable.Place place, LogRanges.Fetched fetched) {
    List<LogEntry> logs = fetched.logs().stream().filter(place::beyond).toList();
    Block last = fetched.last();
    for (int done = 0; done < logs.size() || done == 0;) {
      List<LogEntry> chunk = logs.subList(done, Math.min(logs.size(), done + config.chunk()));
      done += Math.max(1, chunk.size());
      boolean complete = done >= logs.size();
      watch.write(tx -> {
        if (!chunk.isEmpty()) {
          handler.apply(tx, chunk.stream().<LogEvent>map(LogEvent.Confirmed::new).toList());
        }
        if (complete) {
          table.addBlocks(tx, Map.of(last.number(), last.hash()));
          table.move(tx, last.number(), Optional.of(last.hash()));
          table.prune(tx, last.number() - config.watch());
        } else {
          table.partial(tx, chunk.getLast());
        }
        return true;
      });
    }
    return new FollowerTable.Place(place.chain(), place.query(), place.start(), last.number(), Optional.of(last.hash()),
        -1,
        -1, true);
  }

  /** Blocks a fork may still take: each block's hash is kept, and so is each log. */
  private int readNear(FollowerTable.Place place, Block head, long certain, long deepEnd) {
    long from = place.number() + 1;
    long to = Math.min(head.number(), place.number() + Math.min(ranges.size(), NEAR_BLOCKS));
    List<Optional<Block>> found = blocks(rpc.batch(LongStream.rangeClosed(from, to)
        .mapToObj(number -> RpcRequest.of("eth_getBlockByNumber", Hex.of(number), false)).toList()));
    Map<Long, Hash> hashes = new LinkedHashMap<>();
    Optional<Hash> before = place.hash();
    for (int i = 0; i < found.size(); i++) {
      Optional<Block> block = found.get(i);
      if (block.isEmpty()) {
        return tornReading("it does not have block " + (from + i) + ", and its head is " + head.number());
      }
      if (before.filter(parent -> !parent.equals(block.get().parent())).isPresent()) {
        return tornReading("its block " + (from + i) + " does not come after its block before");
      }
      hashes.put(block.get().number(), block.get().hash());
      before = Optional.of(block.get().hash());
    }
    LogRanges.Range current = ranges.of(from, to);
    Optional<LogRanges.Fetched> fetched = current.join();
    if (fetched.isEmpty()) {
      ranges.refused(current);
      return 1;
    }
    List<LogEntry> logs = fetched.get().logs();
    boolean moved = !fetched.get().last().hash().equals(hashes.get(to))
        || logs.stream().anyMatch(log -> !log.blockHash().equals(hashes.get(log.blockNumber())));
    if (moved) {
      return tornReading("the logs of blocks " + from + " to " + to + " are of other blocks");
    }
    torn = 0;
    ranges.borne(current);
    writeNear(place, logs, hashes, to, certain, to == head.number(), deepEnd);
    return 1;
  }

  /** What was read does not fit together: the chain moved in mid-way, and the next turn sees how; or the provider is at fault. */
  private int tornReading(String why) {
    torn++;
    if (torn < MOST_TORN) {
      return 1;
    }
    throw new FairwayException(ErrorCode.PEER_LIED, "the provider's blocks have not fitted together " + torn
        + " times in a row: " + why + "; it may be several nodes behind one address");
  }

  private void writeNear(FollowerTable.Place place, List<LogEntry> logs, Map<Long, Hash> hashes, long to, long certain,
      boolean toTheHead, long deepEnd) {
    // A process that died in mid-way left logs of these blocks, or of blocks that a fork has replaced since.
    List<FollowerTable.Kept> left = store.read(
        view -> table.kept(view, " AND block_number > ? AND block_number <= ?", 1_000_000, place.number(), to));
    List<FollowerTable.Kept> stale = left.stream()
        .filter(kept -> !kept.log().blockHash().equals(hashes.get(kept.log().blockNumber()))).toList();
    Set<Map.Entry<Hash, Long>> told = new HashSet<>();
    left.stream().filter(kept -> !stale.contains(kept))
        .forEach(kept -> told.add(Map.entry(kept.log().blockHash(), kept.log().index())));
    List<FollowerTable.Kept> fresh = logs.stream()
        .filter(log -> !told.contains(Map.entry(log.blockHash(), log.index())))
        .map(log -> new FollowerTable.Kept(log, log.blockNumber() <= certain)).toList();
    for (int done = 0; done < fresh.size() || done == 0;) {
      List<FollowerTable.Kept> chunk = fresh.subList(done, Math.min(fresh.size(), done + config.chunk()));
      boolean first = done == 0;
      done += Math.max(1, chunk.size());
      boolean complete = done >= fresh.size();
      watch.write(tx -> {
        if (first) {
          retract(tx, stale);
        }
        if (!chunk.isEmpty()) {
          table.keep(tx, chunk);
          handler.apply(tx, chunk.stream().<LogEvent>map(kept -> kept.confirmed()
              ? new LogEvent.Confirmed(kept.log())
              : new LogEvent.Observed(kept.log())).toList());
        }
        if (complete) {
          table.addBlocks(tx, hashes);
          table.move(tx, to, Optional.ofNullable(hashes.get(to)));
          table.prune(tx, deepEnd);
          if (toTheHead) {
            handler.caughtUp(tx, to);
          }
        }
        return true;
      });
    }
  }
}
