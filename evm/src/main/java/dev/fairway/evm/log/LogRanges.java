package dev.fairway.evm.log;

import dev.fairway.core.ErrorCode;
import dev.fairway.core.FairwayException;
import dev.fairway.evm.Hex;
import dev.fairway.evm.rpc.Block;
import dev.fairway.evm.rpc.EthereumRpc;
import dev.fairway.evm.rpc.LogEntry;
import dev.fairway.evm.rpc.LogQuery;
import dev.fairway.evm.rpc.Receipt;
import dev.fairway.evm.rpc.RpcAnswer;
import dev.fairway.evm.rpc.RpcRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Asks a provider for the logs of ranges of blocks: twice as large ones while it bears them, half as large when it does not,
 * and the receipts of a block whose logs alone it refuses. For the thread that takes the turns.
 */
final class LogRanges {
  private static final Logger LOG = LoggerFactory.getLogger(LogRanges.class);
  private static final Comparator<LogEntry> CHAIN_ORDER = Comparator.comparingLong(LogEntry::blockNumber)
      .thenComparingLong(LogEntry::index);
  private static final int GROW_AGAIN_AFTER = 50;
  private static final int FIRST = 1_000;

  private final String name;
  private final EthereumRpc rpc;
  private final LogQuery query;
  private final int mostBlocks;
  private final Executor ahead = task -> Thread.ofVirtual().start(task);
  private int size;
  private int refusedSize = Integer.MAX_VALUE;
  private int borne;

  LogRanges(String name, EthereumRpc rpc, LogQuery query, int mostBlocks) {
    this.name = name;
    this.rpc = rpc;
    this.query = query;
    this.mostBlocks = mostBlocks;
    this.size = Math.min(FIRST, mostBlocks);
  }

  /** How many blocks the next range may have. */
  int size() {
    return size;
  }

  /** Exactly these blocks, asked for when it is {@linkplain Range#join wanted}. */
  Range of(long from, long to) {
    return new Range(from, to);
  }

  /** As many blocks as the provider bears, but none after the end; already being asked for. */
  Range ahead(long from, long end) {
    Range range = new Range(from, Math.min(end, from + size - 1));
    range.begin();
    return range;
  }

  /** The provider does not bear so many blocks. */
  void refused(Range refused) {
    int blocks = Math.toIntExact(refused.to - refused.from + 1);
    refusedSize = blocks;
    borne = 0;
    size = Math.max(1, blocks / 2);
    LOG.info("provider refuses a range follower={} blocks={} now={}", name, blocks, size);
  }

  /** The provider bore that. */
  void borne(Range range) {
    if (range.to - range.from + 1 < size) {
      return;
    }
    borne++;
    if (borne >= GROW_AGAIN_AFTER) {
      refusedSize = Integer.MAX_VALUE;
    }
    int wanted = Math.min(mostBlocks, size * 2);
    size = wanted < refusedSize ? wanted : size;
  }

  /**
   * @param logs in chain order
   * @param last the range's last block, as the same node saw it after the logs
   */
  record Fetched(List<LogEntry> logs, Block last) {}

  /** Some blocks. */
  final class Range {
    private final long from;
    private final long to;
    private @Nullable CompletableFuture<Optional<Fetched>> result;

    private Range(long from, long to) {
      this.from = from;
      this.to = to;
    }

    private void begin() {
      result = CompletableFuture.supplyAsync(this::fetch, ahead);
    }

    long to() {
      return to;
    }

    /** Whether these are blocks from there on, none after the end. */
    boolean continues(long next, long end) {
      return from == next && to <= end;
    }

    /** Their logs; empty when the provider does not bear so many. */
    Optional<Fetched> join() {
      try {
        return result == null ? fetch() : result.join();
      } catch (CompletionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw e;
      }
    }

    private Optional<Fetched> fetch() {
      List<RpcAnswer> answers;
      try {
        // The last block is asked for after the logs, in the same request: a node that has it has had all before it.
        answers = rpc.batch(List.of(RpcRequest.of("eth_getLogs", query.range(from, to)),
            RpcRequest.of("eth_getBlockByNumber", Hex.of(to), false)));
      } catch (FairwayException e) {
        if (to > from && (e.code() == ErrorCode.TOO_LARGE || String.valueOf(e.getMessage()).contains("within"))) {
          return Optional.empty();
        }
        throw e;
      }
      Optional<Block> last = answers.get(1) instanceof RpcAnswer.Result(var node)
          ? EthereumRpc.readBlock(node)
          : Optional.empty();
      if (last.isEmpty()) {
        throw new FairwayException(ErrorCode.PEER_FAILED, "the node does not have block " + to + " yet");
      }
      List<LogEntry> logs;
      if (answers.getFirst() instanceof RpcAnswer.Result(var node)) {
        logs = EthereumRpc.readLogs(node);
      } else if (to > from) {
        return Optional.empty();
      } else {
        logs = fromReceipts(last.get());
      }
      if (logs.stream().anyMatch(log -> log.blockNumber() < from || log.blockNumber() > to || !query.matches(log))) {
        throw new FairwayException(ErrorCode.PEER_LIED, "the node gave logs nobody asked for");
      }
      return Optional.of(new Fetched(inOrder(logs), last.get()));
    }

    /** In chain order and each once, as nearly every provider gives them. */
    private static List<LogEntry> inOrder(List<LogEntry> logs) {
      for (int i = 1; i < logs.size(); i++) {
        if (CHAIN_ORDER.compare(logs.get(i - 1), logs.get(i)) >= 0) {
          return logs.stream().sorted(CHAIN_ORDER).distinct().toList();
        }
      }
      return logs;
    }

    /** For a provider that refuses the logs of even one block. */
    private List<LogEntry> fromReceipts(Block block) {
      JsonNode transactions = rpc.call("eth_getBlockByHash", block.hash().hex(), false).path("transactions");
      List<RpcRequest> calls = new ArrayList<>();
      transactions.forEach(hash -> calls.add(RpcRequest.of("eth_getTransactionReceipt", hash.asString())));
      List<LogEntry> logs = new ArrayList<>();
      for (RpcAnswer answer : rpc.batch(calls)) {
        Receipt receipt = Receipt.of(answer.orThrow("eth_getTransactionReceipt")).orElseThrow(
            () -> new FairwayException(ErrorCode.PEER_FAILED, "the node lacks a receipt of block " + block.number()));
        receipt.logs().stream().filter(query::matches).forEach(logs::add);
      }
      return logs;
    }
  }
}
