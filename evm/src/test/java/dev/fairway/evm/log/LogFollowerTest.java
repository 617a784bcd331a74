package dev.fairway.evm.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairway.evm.DevChain;
import dev.fairway.evm.Hash;
import dev.fairway.evm.rpc.LogQuery;
import dev.fairway.evm.sign.Fees;
import dev.fairway.evm.sign.KeySigner;
import dev.fairway.evm.sign.UnsignedTransaction;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogFollowerTest extends LogFollowerFixture {
  @Test
  void logIsObservedThenConfirmedOnce() throws Exception {
    emit(1);
    catchUp();
    assertThat(told.events()).singleElement().isInstanceOf(LogEvent.Observed.class);
    chain.mine(3);
    catchUp();
    catchUp();
    assertThat(told.events()).hasSize(2).last().isInstanceOf(LogEvent.Confirmed.class);
  }

  @Test
  void allLogsOfOneBlockAreTold() throws Exception {
    chain.automine(false);
    send(3);
    send(2);
    chain.mine(1);
    chain.mine(5);
    catchUp();
    assertThat(told.standing()).containsExactlyElementsOf(onChain()).hasSize(5);
    assertThat(told.confirmed()).hasSize(5);
  }

  @Test
  void tenThousandLogsOfOneBlockAreToldOnceThroughABreakdownInTheMiddle() throws Exception {
    follower = follower(config().withChunk(700));
    emit(10_000);
    told.failAfter(4_000);
    assertThatThrownBy(this::catchUp).hasMessageContaining("broke down");
    assertThat(told.events()).isNotEmpty().hasSizeLessThan(4_001);
    store.reopen();
    follower = follower(config().withChunk(700));
    catchUp();
    chain.mine(3);
    catchUp();
    assertThat(told.events()).hasSize(20_000);
    assertThat(told.confirmed()).doesNotHaveDuplicates().containsExactlyElementsOf(onChain()).hasSize(10_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void forkOfAnyDepthTakesBackWhatFellOff(int depth) throws Exception {
    emit(2);
    catchUp();
    Hash gone = emit(1);
    chain.mine(depth - 1);
    catchUp();
    assertThat(told.standing()).hasSize(3);
    chain.fork(depth);
    catchUp();
    assertThat(told.standing()).hasSize(2).noneMatch(log -> log.transaction().equals(gone));
    assertThat(told.events().getLast()).isInstanceOf(LogEvent.Retracted.class);
    assertThat(((LogEvent.Retracted) told.events().getLast()).wasConfirmed()).isEqualTo(depth > 3);
    emit(1);
    chain.mine(3);
    catchUp();
    assertThat(told.standing()).containsExactlyElementsOf(onChain()).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 10})
  void forkThatKeepsTheTransactionMovesItsLog(int depth) throws Exception {
    Hash moved = emit(1);
    chain.mine(depth - 1);
    catchUp();
    String raw = chain.rpc().call("eth_getRawTransactionByHash", moved.hex()).asString();
    // A block with the same contents would be the same block: another transaction makes it another.
    KeySigner other = chain.account(2);
    var also = new UnsignedTransaction(DevChain.CHAIN_ID, chain.rpc().transactionCount(other.address(), "latest"),
        Optional.of(contract), BigInteger.ZERO, "0x", 100_000,
        new Fees.Dynamic(BigInteger.valueOf(5_000_000_000L), BigInteger.valueOf(50_000_000_000L)));
    chain.fork(depth, raw, other.sign(also).raw());
    catchUp();
    assertThat(told.standing()).containsExactlyElementsOf(onChain()).singleElement()
        .satisfies(log -> assertThat(log.transaction()).isEqualTo(moved));
    assertThat(told.events()).anyMatch(LogEvent.Retracted.class::isInstance);
  }

  @Test
  void historyIsReadInRangesAndConfirmedAtOnce() throws Exception {
    for (int i = 0; i < 60; i++) {
      emit(2);
      chain.mine(3);
    }
    chain.mine(30);
    follower = follower(config().withMostBlocks(50));
    catchUp();
    assertThat(told.events()).allMatch(LogEvent.Confirmed.class::isInstance).hasSize(120);
    assertThat(told.standing()).containsExactlyElementsOf(onChain());
  }

  @Test
  void forkDeeperThanItIsWatchedForStopsTheFollowerInClearWords() throws Exception {
    follower = follower(config().withWatch(5));
    chain.mine(5);
    emit(1);
    chain.mine(34);
    catchUp();
    chain.fork(35);
    assertThatThrownBy(this::catchUp).hasMessageContaining("deeper than the 5 blocks");
  }

  @Test
  void nameIsNotUsedForOtherContracts() throws Exception {
    catchUp();
    LogFollower other = new LogFollower(store.store(), rpc, "test", new LogQuery(List.of(), List.of()), start, told,
        config());
    assertThatThrownBy(other::runOnce).hasMessageContaining("another name");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whateverHappensWhatIsBelievedIsWhatTheChainHas(long seed) throws Exception {
    Random random = new Random(seed);
    follower = follower(config().withChunk(3).withMostBlocks(7));
    long floor = chain.height();
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> emit(1 + random.nextInt(9));
        case 3 -> chain.mine(1 + random.nextInt(5));
        case 4 -> {
          int depth = 1 + random.nextInt(10);
          if (chain.height() - depth > floor) {
            chain.fork(depth);
          }
        }
        case 5 -> told.failAfter(random.nextInt(12));
        case 6 -> {
          store.reopen();
          follower = follower(config().withChunk(3).withMostBlocks(7));
        }
        default -> {
          try {
            follower.runOnce();
          } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("broke down");
          }
        }
      }
    }
    told.failAfter(Integer.MAX_VALUE);
    chain.mine(3);
    catchUp();
    assertThat(told.standing()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(onChain());
    assertThat(told.confirmed()).doesNotHaveDuplicates().containsAll(onChain());
  }
}
